"""Where results come from, in words: synthetic or real images, weights, the reported split."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pipeline.artifacts.task import Task

REAL = "real images"
SYNTHETIC = "synthetic demo cohort (not patients)"
RANDOM = "random"
OPTIMISTIC = "optimistic: also used for early stopping and thresholds"


def data_in_words(*, synthetic: bool) -> str:
    """Say whether the images are synthetic."""
    return SYNTHETIC if synthetic else REAL


def weights_in_words(name: str, *, random: bool) -> str:
    """Return the name of the weights, or 'random'."""
    return RANDOM if random else name


def counted(classes: Sequence[str], labels: ArrayLike) -> dict[str, Any]:
    """Return how many images are positive (`n_positive`), or of each class (`n_by_class`)."""
    counts = np.bincount(np.asarray(labels, dtype=np.int64), minlength=len(classes)).tolist()
    positive = Task.of(classes).positive
    if positive is not None:
        return {"n_positive": counts[positive]}
    return {"n_by_class": dict(zip(classes, counts, strict=True))}


def counts_in_words(counts: Mapping[str, Any]) -> str:
    """Write what :func:`counted` returned.

    Examples
    --------
    >>> counts_in_words({"n_positive": 12}), counts_in_words({"n_by_class": {"a": 1, "b": 2}})
    ('12 positive', '1 a, 2 b')
    """
    if counts.get("n_by_class") is None:
        return f"{counts['n_positive']:,} positive"
    return ", ".join(f"{n:,} {name}" for name, n in counts["n_by_class"].items())


def note_on_split(split: str) -> str | None:
    """Say what is wrong with reporting on a split; None for the test split."""
    return OPTIMISTIC if split == "validation" else None
