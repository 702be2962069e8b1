"""Suppress warnings of decoders, which quote header values."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PIL import Image as Pillow

_lock = threading.Lock()
_inside = 0
_undo = ExitStack()


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back the warnings and log lines of pydicom and Pillow, in all threads.

    Warning filters belong to the process, so that threads which each set and restore them would
    undo one another's. Here the first to enter sets them and the last to leave restores them.
    """
    global _inside  # noqa: PLW0603 - the filters it counts the users of are global too
    with _lock:
        if _inside == 0:
            _silence()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _undo.close()


def _silence() -> None:
    _undo.enter_context(warnings.catch_warnings())
    warnings.simplefilter("ignore", UserWarning)
    warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
    logger = logging.getLogger("pydicom")
    _undo.callback(setattr, logger, "disabled", logger.disabled)
    logger.disabled = True
