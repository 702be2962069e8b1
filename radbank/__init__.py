"""radbank: what every package of the project shares, such as errors and atomic files."""

__version__ = "0.2.0"
