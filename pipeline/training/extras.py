"""What is known of a trained head beside its first training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from heads.base import Head
from pipeline.training.spent import NOTHING
from radbank.meter import Spent


@dataclass(frozen=True)
class Extras:
    """The trainings of a head after the first, and how good it is inside the training split.

    Attributes
    ----------
    others
        The head as trained from other seeds, in their order.
    metrics
        For metrics/heads/<head>.json.
    other_seeds, inner_cv
        What either took.
    """

    others: Sequence[Head] = ()
    metrics: Mapping[str, Any] = field(default_factory=dict)
    other_seeds: Spent = NOTHING
    inner_cv: Spent = NOTHING
