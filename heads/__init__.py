"""Cheap classifiers on embeddings, one file each, behind one protocol."""

from importlib import import_module

from heads.base import Head
from radbank.errors import RadbankError

HEADS = {
    "logistic_regression": "LogisticRegression",
    "lightgbm": "LightGBM",
    "mlp": "MLP",
    "linear_probe": "LinearProbe",
}
"""Name of a head (and of its file and its block in params.yaml) -> name of its class."""


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
