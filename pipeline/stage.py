"""How every program of radbank ends: one sentence for a user's mistake, a traceback for a bug."""

import sys
from collections.abc import Callable

from radbank.errors import RadbankError


def run(main: Callable[[], None]) -> None:
    """Run a stage; print a :class:`RadbankError` as one line and exit with 1."""
    try:
        main()
    except RadbankError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
