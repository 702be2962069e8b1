"""What fitting a head took, apart from imports."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from heads.base import Head
from heads.examples import Examples
from pipeline import paths
from pipeline.artifacts.cost import Cost
from pipeline.artifacts.document import read_document
from radbank.meter import Meter, Spent, total

NOTHING = Spent(0.0, 0.0)


@dataclass(frozen=True)
class FittingSpent:
    """Seconds and joules of fitting a head.

    Attributes
    ----------
    training
        The fit with the settings that were chosen.
    search
        Choosing them, and comparing the head with others inside the training split.
    other_seeds
        The fits from further seeds.
    """

    training: Spent
    search: Spent = NOTHING
    other_seeds: Spent = NOTHING

    @classmethod
    def of_all(cls, parts: Iterable[Self]) -> Self:
        """Return what several heads took together, without other seeds."""
        each = list(parts)
        return cls(
            training=plus(*(part.training for part in each)),
            search=plus(*(part.search for part in each)),
        )


def read_spent(name: str) -> FittingSpent:
    """Read what fitting a head took, without embeddings and other seeds.

    Raises
    ------
    RadbankError
        If its file in metrics/cost/ is missing or not what the stages write.
    """
    cost = read_document(Cost, paths.cost(name))
    training, search = (
        Spent(work.seconds or 0.0, work.joules) if work else NOTHING
        for work in (cost.training, cost.search)
    )
    return FittingSpent(training, search)


def plus(*parts: Spent) -> Spent:
    """Add; joules are None if those of a part are."""
    return Spent(sum(part.seconds for part in parts), total(part.joules for part in parts))


def fit_timed(
    make: Callable[[], Head], train: Examples, validation: Examples
) -> tuple[Head, FittingSpent]:
    """Fit a head, and tell training from the search among its settings.

    A head that tries several settings is fitted once more with the one that it chose: what the
    first fit took beyond that was the search.

    Parameters
    ----------
    make
        Returns the head before fitting.
    train, validation
        Images of either split.
    """
    head = make()
    head.import_for_fitting()
    meter = Meter("cpu")
    head.fit(train, validation)
    whole = meter.lap()
    if head.configurations == 1:
        return head, FittingSpent(training=whole)
    head.settled().fit(train, validation)
    alone = meter.lap()
    return head, FittingSpent(training=alone, search=_beyond(whole, alone))


def _beyond(whole: Spent, part: Spent) -> Spent:
    joules = None
    if whole.joules is not None and part.joules is not None:
        joules = max(whole.joules - part.joules, 0.0)
    return Spent(max(whole.seconds - part.seconds, 0.0), joules)
