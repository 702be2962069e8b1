"""What radbank can be given from outside, each in one file."""
