"""Cheap classifiers on embeddings, one file each, behind one protocol."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from heads.base import Head
from radbank.errors import RadbankError

if TYPE_CHECKING:
    from heads.ensemble import Ensemble

HEADS = {
    "logistic_regression": "LogisticRegression",
    "lightgbm": "LightGBM",
    "mlp": "MLP",
    "linear_probe": "LinearProbe",
}
"""Name of a head (and of its file and its block in params.yaml) -> name of its class."""

ENSEMBLE = "ensemble"
"""Name of what several heads say together."""


def get_head(name: str) -> type[Head]:
    """Return the class of a head; only that head's library is imported.

    Raises
    ------
    RadbankError
        If there is no head of this name.
    """
    if name not in HEADS:
        raise RadbankError(f"There is no head {name!r}: choose one of {', '.join(HEADS)}.")
    head: type[Head] = getattr(import_module(f"heads.{name}"), HEADS[name])
    return head


def load_head(name: str, folder: Path) -> "Head | Ensemble":
    """Read a fitted head or ensemble.

    Raises
    ------
    RadbankError
        If there is none of this name, or the folder does not hold it.
    """
    if name == ENSEMBLE:
        ensemble: Ensemble = import_module("heads.ensemble").Ensemble.load(folder)
        return ensemble
    return get_head(name).load(folder)
