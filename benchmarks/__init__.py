"""Commands that measure radbank; nothing here is timed by a test."""
