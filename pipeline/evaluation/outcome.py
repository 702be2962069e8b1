"""All that the evaluate stage finds, whatever the number of classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.artifacts.predictions import Predictions
from pipeline.evaluation.all_scores import all_scores
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.comparison import TESTS, Comparison, compare
from pipeline.evaluation.grouping import find_subgroups
from pipeline.evaluation.recalibration import before_and_after
from pipeline.evaluation.study import Scores, Study
from pipeline.evaluation.subgroups import score_subgroups
from pipeline.evaluation.summary import compared_models
from pipeline.params import Evaluate


@dataclass(frozen=True)
class Outcome:
    """What was found beside the summary.

    Attributes
    ----------
    study
        All models' predictions.
    comparisons
        Of every pair of models.
    tests
        How they were tested, in words.
    scores, calibration
        Content of metrics/scores.json and metrics/calibration.json.
    subgroups
        Every model on every subgroup.
    """

    study: Study[Scores]
    comparisons: Sequence[Comparison]
    tests: str
    scores: Mapping[str, Any]
    calibration: Mapping[str, Any]
    subgroups: Sequence[Mapping[str, Any]]


def two_classes(
    predictions: Mapping[str, Predictions],
    cases: pd.DataFrame,
    settings: Evaluate,
    intervals: Intervals,
) -> Outcome:
    """Evaluate models that tell positive from negative.

    Parameters
    ----------
    predictions
        By model.
    cases
        As in data/cases.parquet.
    settings
        The block `evaluate` of params.yaml.
    intervals
        How intervals are made.
    """
    study = Study.of(predictions)
    models = compared_models(study)
    return Outcome(
        study=study,
        comparisons=compare(models, **intervals),
        tests=TESTS,
        scores=all_scores(
            study,
            operating_points=settings.operating_points,
            prevalences=settings.prevalences,
            **intervals,
        ),
        calibration={
            "method": settings.recalibration,
            "models": before_and_after(study, settings.recalibration, **intervals),
        },
        subgroups=score_subgroups(
            models,
            find_subgroups(cases, study.ids),
            confidence=settings.confidence,
            minimum=settings.minimum_group,
        ),
    )
