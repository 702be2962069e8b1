"""An entry scored on the cases reported, by the rule that validation chose."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.artifacts.results import Estimate
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import Weighted
from pipeline.evaluation.metric import Metric
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.model_scores import ModelScores
from pipeline.evaluation.trainings import OverTrainings
from pipeline.leaderboard.board import Row
from pipeline.leaderboard.difference import Compared
from pipeline.leaderboard.entries import BoardEntry
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.crossed import AT_BOUND, with_interval


@dataclass(frozen=True, eq=False)
class Scored:
    """An entry with its scores.

    Attributes
    ----------
    entry
        Its predictions.
    scores
        These with the decision rule.
    """

    entry: BoardEntry
    scores: ModelScores

    @classmethod
    def of(cls, entry: BoardEntry, split: str) -> Self:
        """Choose the decision rule on validation and apply it to the reported split.

        Raises
        ------
        RadbankError
            If probabilities do not sum to 1.
        """
        task = Task.of(entry.predictions.classes)
        return cls(entry, ModelScores.of(entry.predictions, task, "probability", split))

    def estimate(self, name: str, intervals: Intervals) -> Estimate:
        """Return a metric on the reported cases, the mean over the trainings.

        It has the interval that the metric declares, if it declares one; an AUC at its bound has
        none. Of several trainings the interval counts other seeds too.

        Parameters
        ----------
        name
            Of the metric.
        intervals
            How intervals are made.
        """
        trainings, metric = self.scores.trainings, _metric(name)
        if not metric.tasks(trainings[0].task):
            return Estimate(value=None)
        ones = np.ones((1, trainings[0].cases.n))
        values = [float(metric.values(Weighted(each, ones))[0]) for each in trainings]
        value = None if np.isnan(values).any() else float(np.mean(values))
        if value is None or metric.interval is None:
            return Estimate(value=value)
        if name == "auc" and value in metric.bounds:
            return Estimate(value=value, because=AT_BOUND)
        ends = metric.interval.ends(trainings, intervals["confidence"])
        if len(trainings) > 1:
            drawn = OverTrainings.of(trainings, [metric], intervals)
            return drawn.estimate(name, intervals["confidence"], ends)
        return with_interval(value, ends, confidence=intervals["confidence"], bounds=metric.bounds)

    def row(
        self, *, same_as: str | None, best: bool, compared: Compared | None, intervals: Intervals
    ) -> Row:
        """Return the entry's row.

        Parameters
        ----------
        same_as
            The run before with the same predictions.
        best
            Whether the entry is the best on validation.
        compared
            Its comparison with the best.
        intervals
            How intervals are made.
        """
        entry, origin = self.entry, self.entry.predictions.provenance
        verdict = "best on validation" if best else "no model is the best"
        return Row(
            experiment=entry.run,
            same_as=same_as,
            model=entry.model,
            arm=entry.arm,
            backbone=origin["backbone"],
            weights=origin["weights"],
            random_weights=origin["weights_random"],
            trainings=len(self.scores.trainings),
            validation_auc=self.scores.validation_auc,
            best=best,
            difference=compared.difference if compared else None,
            verdict=compared.verdict if compared else verdict,
            threshold=self.scores.rule.threshold,
            **{
                name: self.estimate(name, intervals)
                for name in ("auc", "sensitivity", "specificity", "accuracy", "f1", "brier")
            },
            cost=entry.cost,
            date=entry.date,
        )


def _metric(name: str) -> Metric:
    metric: Metric = METRICS[name]
    return metric
