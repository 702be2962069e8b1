"""The base class of errors that a user can cause and mend."""


class RadbankError(Exception):
    """What went wrong, where, and what to do about it, in one sentence.

    Command-line programs print it without a traceback; every other exception is a bug and keeps
    its own.
    """
