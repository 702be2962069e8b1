"""Join the predictions of all models; refuse those of other cases or another backbone."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from heads import ENSEMBLE, HEADS, get_head
from pipeline.artifacts.conditions import Conditions
from pipeline.artifacts.predictions import VIEWS, Predictions
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.model_scores import ModelScores
from pipeline.evaluation.trainings import Trainings
from pipeline.finetuning.arms import ARMS
from radbank.errors import RadbankError

INNER = "best in cross-validation inside the training split"
VALIDATION = "best on validation"
_CASES = ["id", "group", "label", "split"]
_SHARED = ("backbone", "weights", "weights_random", "synthetic", "classes")


@dataclass(frozen=True)
class Study:
    """What is evaluated.

    Attributes
    ----------
    task
        What the models classify.
    provenance
        What all models share: backbone, weights, weights_random, synthetic, classes.
    split
        The reported split: 'test', or 'validation' where no patients were held out.
    models
        Scores by model, in the order given.
    augmented
        Scores on the first augmented view, of the heads that declare it.
    ids
        Of the reported cases, in their order.
    inner_auc
        The AUC of each head in cross-validation inside the training split; None where that was
        not possible.
    conditions
        How each model was trained, where its predictions say so.
    """

    task: Task
    provenance: Mapping[str, Any]
    split: str
    models: Mapping[str, ModelScores]
    augmented: Mapping[str, ModelScores]
    ids: pd.Series
    inner_auc: Mapping[str, float | None]
    conditions: Mapping[str, Conditions]

    @classmethod
    def of(
        cls,
        predictions: Mapping[str, Predictions],
        inner_auc: Mapping[str, float | None] = MappingProxyType({}),
    ) -> "Study":
        """Join the predictions of several models.

        Parameters
        ----------
        predictions
            By model.
        inner_auc
            As in the attributes.

        Raises
        ------
        RadbankError
            If two models were not given the same cases with the same labels and splits, or come
            from other weights or data; or if there is neither a test nor a validation case.
        """
        _check_same(predictions)
        name, first = next(iter(predictions.items()))
        splits = set(first.frame["split"])
        split = next((split for split in ("test", "validation") if split in splits), None)
        if split is None:
            raise RadbankError(
                f"The predictions of {name} hold no test and no validation cases: "
                "there is nothing to evaluate on; add data, or raise split.validation."
            )
        task = Task.of(first.classes)
        plain, augmented = (
            {
                name: ModelScores.of(each, task, view, split)
                for name, each in predictions.items()
                if view == VIEWS[0] or (each.augmented and _scored_augmented(name))
            }
            for view in VIEWS[:2]
        )
        return cls(
            task=task,
            provenance={key: first.provenance[key] for key in _SHARED},
            split=split,
            models=plain,
            augmented=augmented,
            ids=first.of_split(split).frame["id"],
            inner_auc=inner_auc,
            conditions={
                name: said for name, each in predictions.items() if (said := each.conditions)
            },
        )

    @property
    def compared(self) -> dict[str, Trainings]:
        """The trainings of every model, arms first, so that heads are taken from them."""
        order = sorted(self.models, key=lambda name: name not in ARMS)
        return {name: self.models[name].trainings for name in order}

    @property
    def reported(self) -> dict[str, ClassifiedCases]:
        """The reported cases by model, of its first training."""
        return {name: scores.reported for name, scores in self.models.items()}

    @property
    def absent_classes(self) -> list[str]:
        """The classes of which there is no reported case."""
        labels = next(iter(self.models.values())).reported.cases.labels
        return [name for label, name in enumerate(self.task.classes) if label not in labels]

    @property
    def seeds_crossed(self) -> bool:
        """Whether a model was trained from several seeds."""
        return any(len(scores.trainings) > 1 for scores in self.models.values())

    @property
    def best_head(self) -> str | None:
        """The single head with the highest AUC inside training, the first of equals.

        Where no head could be cross-validated there, the one with the highest AUC on validation.
        The reported cases choose nothing. None where validation lacks a class too.
        """
        return best_of(self._inner) or best_of(
            {
                name: scores.validation_auc
                for name, scores in self.models.items()
                if name not in ARMS and name != ENSEMBLE
            }
        )

    @property
    def best_head_by(self) -> str:
        """On what the best head was chosen, in words."""
        return INNER if best_of(self._inner) else VALIDATION

    @property
    def _inner(self) -> dict[str, float | None]:
        """The AUC inside training of the models that are scored."""
        return {name: self.inner_auc.get(name) for name in self.models}


def best_of(aucs: Mapping[str, float | None]) -> str | None:
    """Return the name of the highest AUC, the first of equals; None where none is defined."""
    defined = {name: auc for name, auc in aucs.items() if auc is not None}
    return max(defined, key=defined.__getitem__, default=None)


def _scored_augmented(model: str) -> bool:
    return model in HEADS and get_head(model).scored_augmented


def _check_same(predictions: Mapping[str, Predictions]) -> None:
    """Refuse predictions that cannot be compared with the first model's."""
    (name, first), *others = predictions.items()
    for other, each in others:
        for column in _CASES:
            if each.frame[column].tolist() != first.frame[column].tolist():
                raise RadbankError(
                    f"The predictions of {other} and {name} differ in column {column!r}: they "
                    "are not of the same cases; run `dvc repro` to make both anew."
                )
        for key in _SHARED:
            if each.provenance[key] != first.provenance[key]:
                raise RadbankError(
                    f"The predictions of {other} and {name} differ in {key} "
                    f"({each.provenance[key]!r} and {first.provenance[key]!r}): run `dvc repro` "
                    "to make both anew."
                )
