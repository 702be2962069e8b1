"""The base class of errors that a user can cause and mend."""


class RadbankError(Exception):
    """An error that a user can mend; the message says in one sentence what, where and what to do.

    Command-line programs print it without a traceback; every other exception is a bug and keeps
    its own.
    """
