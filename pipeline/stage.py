"""How every program of radbank ends: one sentence for a user's mistake, a traceback for a bug."""

import sys
from collections.abc import Callable
from pathlib import Path

from radbank.errors import RadbankError
from radbank.files import is_no_room
from radbank.origin import check_folder


def run(main: Callable[[], None], *, anywhere: bool = False) -> None:
    """Run a stage; print a :class:`RadbankError`, or that the disk is full, and exit with 1.

    Parameters
    ----------
    main
        What to run.
    anywhere
        Do not ask first whether the packages imported are those of the current folder.
    """
    try:
        if not anywhere:
            check_folder(Path.cwd())
        main()
    except RadbankError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        if not is_no_room(error):
            raise
        where = f" for {error.filename}" if error.filename else ""
        print(
            f"error: There is no room{where} on the disk: free some, then go on.", file=sys.stderr
        )
        sys.exit(1)
