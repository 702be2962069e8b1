"""radbank: what every package of the project shares (errors, atomic files, progress)."""

__version__ = "0.1.0"
