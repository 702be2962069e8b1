"""Layouts of data sets, found by name."""

from pathlib import Path
from typing import Any

from pipeline.layouts.base import Layout, Listing
from pipeline.layouts.files import require_folder
from radbank.errors import RadbankError
from radbank.registry import Registry

LAYOUTS = Registry(
    "layout",
    {
        "rsna": "pipeline.layouts.rsna:LAYOUT",
        "folder": "pipeline.layouts.folder:LAYOUT",
        "manifest": "pipeline.layouts.manifest:LAYOUT",
        "nih": "pipeline.layouts.nih:LAYOUT",
    },
    "radbank.layouts",
)
"""Name of a layout, as in ``data.layout`` -> its :class:`pipeline.layouts.base.Layout`."""


def get_layout(name: str) -> Layout:
    """Return a layout.

    Raises
    ------
    RadbankError
        If there is none of this name, or what was declared is none.
    """
    layout: Any = LAYOUTS[name]
    if not isinstance(layout, Layout):
        raise RadbankError(
            f"The layout {name!r} is declared as {layout!r}, which is no "
            "pipeline.layouts.base.Layout: correct its declaration."
        )
    return layout


def find_layout(root: Path) -> str:
    """Return the name of the layout whose table lies in a folder; without any, 'folder'.

    Raises
    ------
    RadbankError
        If the folder is missing.
    """
    require_folder(root)
    for name in LAYOUTS:
        if any(any(root.glob(pattern)) for pattern in get_layout(name).tables):
            return name
    return "folder"


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
    require_folder(root)
    return get_layout(layout).list_cases(root, positive)
