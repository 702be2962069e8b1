"""The difference of a model to the best one, and what it shows, in words."""

from dataclasses import dataclass, replace
from typing import Self

from pipeline.artifacts.results import Difference
from pipeline.evaluation.trainings import Trainings
from pipeline.leaderboard.contrast import auc_contrast
from pipeline.statistics.bootstrap import Intervals

NOT_SHOWN = "not shown to differ"
UNDEFINED = "the AUC is not defined, as a class has no case"


@dataclass(frozen=True)
class Compared:
    """A model's AUC less that of the best, and what that shows."""

    difference: Difference
    verdict: str

    @classmethod
    def of(cls, model: Trainings, best: Trainings, intervals: Intervals) -> Self:
        """Compare a model with the best on the same cases.

        Parameters
        ----------
        model, best
            The cases as each training of either classifies them.
        intervals
            How intervals are made.
        """
        found = auc_contrast([(model, best)], intervals)
        if found.low is None:
            return cls(found, f"no claim: {found.because or UNDEFINED}")
        return cls(found, NOT_SHOWN)

    def adjusted(self, p_holm: float | None, confidence: float) -> "Compared":
        """Adjust the p-value for all models compared with the best, and say what is shown."""
        difference = self.difference.model_copy(update={"p_holm": p_holm})
        if p_holm is None or difference.value is None or p_holm >= 1 - confidence:
            return replace(self, difference=difference)
        verdict = "higher AUC than the best" if difference.value > 0 else "lower AUC than the best"
        return Compared(difference, verdict)
