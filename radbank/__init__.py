"""radbank: what every package of the project shares (errors, atomic files, parallel map, progress)."""

__version__ = "0.2.0"
