"""Engines: ways to run a network forward, all with the same answer."""
