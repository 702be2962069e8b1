"""How every program of radbank ends: one sentence for a user's mistake, a traceback for a bug."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from radbank.errors import RadbankError
from radbank.files import no_room
from radbank.origin import check_folder
from radbank.visible import visible


def run(main: Callable[[], None], *, anywhere: bool = False) -> None:
    """Run a stage; print a :class:`RadbankError`, or that the disk is full, and exit with 1.

    Signals that ask a process to end (SIGTERM, SIGHUP) do so cleanly: what was half written is
    removed, and the exit status is 128 + the signal, as shells count.

    Parameters
    ----------
    main
        What to run.
    anywhere
        Do not ask first whether the packages imported are those of the current folder.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores SIGHUP
            signal.signal(number, _end)
    try:
        if not anywhere:
            check_folder(Path.cwd())
        main()
    except RadbankError as error:
        print(visible(f"error: {error}"), file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        if (sentence := no_room(error)) is None:
            raise
        print(visible(f"error: {sentence}"), file=sys.stderr)
        sys.exit(1)


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signal wants it
    sys.exit(128 + number)
