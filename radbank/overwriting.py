"""Protect a user's files: an output may replace only what radbank itself wrote."""

from collections.abc import Callable
from pathlib import Path

from radbank.errors import RadbankError


def check_output(path: Path, option: str, *, wrote: Callable[[Path], bool]) -> None:
    """Refuse an output path at which something lies that this command did not write.

    Parameters
    ----------
    path
        Where the output is to go.
    option
        How the user named it, as "--output".
    wrote
        Tells whether what exists at the path is an output of this kind.

    Raises
    ------
    RadbankError
        If something else exists there, or a part of the path is a file.
    """
    if path.exists() and not wrote(path):
        raise RadbankError(
            f"{option} is {path}, which exists and is no output of this command: name a new path, "
            "or move that one away."
        )
    parent = next(folder for folder in path.absolute().parents if folder.exists())
    if not parent.is_dir():
        raise RadbankError(f"{option} is {path}, but {parent} is a file: name a path in a folder.")
