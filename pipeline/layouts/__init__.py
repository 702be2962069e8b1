"""Layouts of data sets. A new one is a module with a ``list_cases`` and a line in `LAYOUTS`."""

from pathlib import Path

from pipeline.layouts import folder, manifest, nih, rsna
from pipeline.layouts.base import Listing, Source
from radbank.errors import RadbankError

LAYOUTS: dict[str, Source] = {
    "rsna": rsna.list_cases,
    "folder": folder.list_cases,
    "manifest": manifest.list_cases,
    "nih": nih.list_cases,
}


def list_cases(layout: str, root: Path, positive: str | None) -> Listing:
    """List the files of a data set, without opening any image.

    Parameters
    ----------
    layout
        A key of :data:`LAYOUTS`.
    root
        Folder of the data set.
    positive
        Name of the positive class, for layouts that do not fix it; None: the layout's own rule.

    Raises
    ------
    RadbankError
        If the folder is missing or is not laid out so.
    """
    if not root.is_dir():
        raise RadbankError(f"data.root is {root}, which is no folder: set it in params.yaml.")
    return LAYOUTS[layout](root, positive)
