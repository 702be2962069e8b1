"""One model's scores: the decision rule is chosen on validation, results are of other cases."""

from dataclasses import dataclass

import numpy as np

from pipeline.artifacts.predictions import VIEWS, Predictions
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases, Weighted
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.rule import DecisionRule
from pipeline.statistics.scored_cases import FloatArray, ScoredCases


@dataclass(frozen=True)
class ModelScores:
    """One model's scored cases: validation, for choices, and the reported split.

    Attributes
    ----------
    rule
        The decision rule, chosen on `validation`.
    validation
        The cases that choices are made on.
    reported
        The cases that results are reported on, with the classes that the rule predicts.
    trainings
        The same cases as each training of the model classifies them, from other seeds and by the
        rule chosen for it on validation; `reported` is the first.
    validations
        `validation` as each training scores it.
    """

    rule: DecisionRule
    validation: ScoredCases
    reported: ClassifiedCases
    trainings: tuple[ClassifiedCases, ...]
    validations: tuple[ScoredCases, ...]

    @classmethod
    def of(cls, predictions: Predictions, task: Task, view: str, split: str) -> "ModelScores":
        """Take the scores of one of VIEWS and choose the decision rule on validation.

        On an augmented view there is the reported training alone.
        """
        validation, reported = map(predictions.of_split, ("validation", split))
        if view == VIEWS[0]:
            scored = zip(validation.trainings, reported.trainings, strict=True)
        else:
            scored = zip(
                *([part.probabilities(view)] for part in (validation, reported)), strict=True
            )
        found = [_decide(task, validation, reported, *each) for each in scored]
        return cls(
            *found[0],
            trainings=tuple(classified for _, _, classified in found),
            validations=tuple(watched for _, watched, _ in found),
        )

    @property
    def validation_auc(self) -> float | None:
        """The AUC on validation, by which heads are chosen; None where it is not defined."""
        classified = ClassifiedCases.of(self.reported.task, self.validation, self.rule)
        if not classified.has_every_class:
            return None
        weighted = Weighted(classified, np.ones((1, self.validation.n)))
        return float(METRICS["auc"].values(weighted)[0])


def _decide(
    task: Task,
    validation: Predictions,
    reported: Predictions,
    on_validation: FloatArray,
    on_reported: FloatArray,
) -> tuple[DecisionRule, ScoredCases, ClassifiedCases]:
    """Choose a training's rule on validation and apply it to the reported cases."""
    watched, scored = (
        ScoredCases.of(part.frame["label"], probabilities, part.frame["group"])
        for part, probabilities in ((validation, on_validation), (reported, on_reported))
    )
    rule = DecisionRule.chosen_on(watched, task)
    return rule, watched, ClassifiedCases.of(task, scored, rule)
