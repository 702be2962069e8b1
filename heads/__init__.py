"""Heads: classifiers trained on frozen embeddings, one file each, found by name."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heads.base import Head
from radbank.errors import RadbankError
from radbank.registry import Registry

if TYPE_CHECKING:
    from heads.ensemble import Ensemble

HEADS = Registry(
    "head",
    {
        "logistic_regression": "heads.logistic_regression:LogisticRegression",
        "lightgbm": "heads.lightgbm:LightGBM",
        "mlp": "heads.mlp:MLP",
        "linear_probe": "heads.linear_probe:LinearProbe",
    },
    "radbank.heads",
)
"""Name of a head, and of its block in params.yaml -> its class."""

ENSEMBLE = "ensemble"
"""Name of the mean of several heads."""


def get_head(name: str) -> type[Head]:
    """Return the class of a head.

    Raises
    ------
    RadbankError
        If there is no head of this name, or what was declared is none.
    """
    head: Any = HEADS[name]
    if not (isinstance(head, type) and issubclass(head, Head) and vars(head).get("name") == name):
        raise RadbankError(
            f"The head {name!r} is declared as {head!r}, which is no subclass of heads.base.Head "
            f"with name = {name!r}: correct its declaration."
        )
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
