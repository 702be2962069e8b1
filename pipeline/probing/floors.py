"""Floors beside the scores: the metadata alone, shuffled labels, and every model within a view.

A model that is not above the model of the metadata may have learned no more than who is imaged
how. Within one view it cannot gain by telling the views apart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.artifacts.floors import Floor, FloorsFile, ModelFloor, ViewSize
from pipeline.artifacts.predictions import VIEWS, Predictions
from pipeline.artifacts.provenance import counted
from pipeline.artifacts.results import Difference, Estimate
from pipeline.artifacts.summary import Summary
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.model_scores import ModelScores
from pipeline.evaluation.score import measure
from pipeline.evaluation.study import Study
from pipeline.evaluation.trainings import OverTrainings, Trainings
from pipeline.evaluation.wording import estimate_in_words, plain_name
from pipeline.statistics.auc import auc_difference
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.crossed import NOTHING, Part
from pipeline.statistics.grouping import (
    LEAST_OF_CLASS,
    Subgroup,
    fewest_of_class,
    find_subgroups,
)
from pipeline.statistics.holm import holm
from radbank.errors import RadbankError

METADATA, SHUFFLED = "metadata", "shuffled"
TESTS = "clustered DeLong, Holm over models"
_VIEW = "view"
_WORDS = {"height": "the image's height", "width": "the image's width"}


def floors(
    study: Study,
    trained: Mapping[str, Predictions],
    cases: pd.DataFrame,
    summary: Summary,
    intervals: Intervals,
) -> FloorsFile:
    """Score the floors on the reported cases, and every model against the metadata.

    Parameters
    ----------
    study
        All models.
    trained
        Predictions of :data:`METADATA` and :data:`SHUFFLED`.
    cases
        As in data/cases.parquet.
    summary
        Of the models, whose best head the sentence is about.
    intervals
        How intervals are made.

    Raises
    ------
    RadbankError
        If the floors are not of the cases that the models were scored on.
    """
    metadata, shuffled = (
        _scores(study, name, trained[name]).trainings for name in (METADATA, SHUFFLED)
    )
    models = {name: scores.trainings for name, scores in study.models.items()}
    views = _views(study, cases)
    fields = tuple(trained[METADATA].provenance.get("fields", ()))
    if fields:
        beyond = _beyond(models, metadata, intervals)
    else:
        beyond = dict.fromkeys(models, Difference(value=None, p=None))

    def floor(trainings: Trainings) -> dict[str, Any]:
        return {
            "auc": _auc(trainings, intervals),
            "within": {
                each.value: _auc([one.inside(each.members) for one in trainings], intervals)
                for each in views
            },
        }

    about = summary.model_dump(include={"data", "weights", "split", "split_note", "confidence"})
    nothing = Estimate(value=None)
    alone = Floor(auc=nothing, within={each.value: nothing for each in views})
    if fields:
        alone = Floor(**floor(metadata))
    return FloorsFile(
        **about,
        fields=fields,
        shuffles=len(shuffled),
        tests=TESTS,
        views=tuple(_size(study, each) for each in views),
        metadata=alone,
        shuffled=Floor(**floor(shuffled)),
        models={
            name: ModelFloor(**floor(trainings), beyond_metadata=beyond[name])
            for name, trainings in models.items()
        },
        sentence=sentence(summary, fields, alone.auc, beyond),
    )


def sentence(
    summary: Summary, fields: Sequence[str], alone: Estimate, beyond: Mapping[str, Difference]
) -> str:
    """Say what the metadata alone reach, and whether the best head is above it."""
    if not fields:
        return "The metadata do not differ between training images, so nothing can be told by them."
    known = [_WORDS.get(name, name) for name in fields]
    listed = f"{', '.join(known[:-1])} and {known[-1]}" if len(known) > 1 else known[0]
    if alone.value is None:
        return f"A model of {listed} alone has no {summary.auc} on these cases either."
    said = f"A model of {listed} alone, without the pixels, has {summary.auc} "
    said += estimate_in_words("", alone, ".3f").strip()
    best = summary.best_head
    if best is None or best not in beyond:
        return f"{said}."
    found = beyond[best]
    shown = found.p_holm is not None and found.p_holm < 1 - summary.confidence
    higher = shown and (found.value or 0) > 0
    verdict = "is above it" if higher else "is below it" if shown else "is not shown to be above it"
    difference = estimate_in_words("difference", found)
    return f"{said}; {plain_name(best)} {verdict} ({difference})."


def _scores(study: Study, name: str, found: Predictions) -> ModelScores:
    """Return the floor's scores of the reported cases, which must be those of the models."""
    if found.of_split(study.split).frame["id"].tolist() != study.ids.tolist():
        raise RadbankError(
            f"predictions/floors/{name}.csv is not of the cases that the models were scored on: "
            "run `dvc repro` to bring them together."
        )
    return ModelScores.of(found, study.task, VIEWS[0], study.split)


def _views(study: Study, cases: pd.DataFrame) -> list[Subgroup]:
    """Return the views with enough patients of every class among the reported cases."""
    classified = next(iter(study.reported.values())).cases
    return [
        each
        for each in find_subgroups(cases, study.ids)
        if each.column == _VIEW
        and fewest_of_class(
            classified.labels, classified.patients, each.members, n_classes=classified.n_classes
        )
        >= LEAST_OF_CLASS
    ]


def _size(study: Study, view: Subgroup) -> ViewSize:
    part = next(iter(study.reported.values())).inside(view.members).cases
    return ViewSize(
        value=view.value,
        n=part.n,
        n_patients=part.n_patients,
        **counted(study.task.classes, part.labels),
    )


def _auc(trainings: Trainings, intervals: Intervals) -> Estimate:
    """Return the AUC of a model; draws tell what other seeds add, and are not needed of one."""
    once = Intervals(**{**intervals, "n_bootstrap": 1})
    drawn = intervals if len(trainings) > 1 else once
    return measure(trainings, [METRICS["auc"]], drawn).estimates["auc"]


def _beyond(
    models: Mapping[str, Trainings], metadata: Trainings, intervals: Intervals
) -> dict[str, Difference]:
    """Return each model's AUC minus that of the metadata, paired, adjusted over the models."""

    def seeds(trainings: Trainings) -> Part:
        if len(trainings) == 1:
            return NOTHING
        return OverTrainings.of(trainings, [METRICS["auc"]], intervals).seeds("auc")

    alone = metadata[0].one_vs_rest
    found = {
        name: auc_difference(
            [one for each in trainings for one in each.one_vs_rest],
            alone,
            intervals["confidence"],
            seeds(trainings),
        )
        for name, trainings in models.items()
    }
    adjusted = holm([each.p for each in found.values()])
    return {
        name: each.model_copy(update={"p_holm": p})
        for (name, each), p in zip(found.items(), adjusted, strict=True)
    }
