"""The commands of `radbank`, one a file.

Each has `add_parser`, which names the function to run as `handler`. What is slow to import is
imported there, so that `radbank --help` answers at once.
"""
