"""What the stage train does with a head beside fitting it once: other seeds, inner validation."""

from collections.abc import Callable, Sequence

from heads.base import Head
from heads.examples import Examples
from pipeline.splitting.partition import Plan
from pipeline.training.extras import Extras
from pipeline.training.inner_cv import inner_cv
from pipeline.training.spent import NOTHING
from radbank.meter import Meter


def train_extras(
    make: Callable[[int], Head],
    train: Examples,
    validation: Examples,
    *,
    seeds: Sequence[int],
    plan: Plan,
    classes: Sequence[str],
) -> Extras:
    """Train a head from the seeds after the first, and cross-validate it inside `train`.

    Parameters
    ----------
    make
        Returns the head of a seed before fitting.
    train, validation
        Images of either split.
    seeds
        The first is that of the reported training. A head that is not random has no others.
    plan
        Of the cross-validation (:func:`pipeline.training.inner_cv.inner_cv`).
    classes
        Names by label.
    """
    first, *later = seeds
    random = make(first).random
    meter = Meter("cpu")
    others = [make(seed).fit(train, validation) for seed in later] if random else []
    other_seeds = meter.lap() if others else NOTHING
    inner = inner_cv(lambda: make(first), train, plan, classes)
    return Extras(
        others,
        {"inner_cv": inner.model_dump(), "trainings": in_words(1 + len(others), random=random)},
        other_seeds,
        meter.lap(),
    )


def in_words(trainings: int, *, random: bool) -> str:
    """Say how often a head was trained.

    Examples
    --------
    >>> in_words(3, random=True), in_words(1, random=False)
    ('3, from as many seeds', '1: the seed makes no difference')
    """
    if not random:
        return "1: the seed makes no difference"
    return "1" if trainings == 1 else f"{trainings}, from as many seeds"
