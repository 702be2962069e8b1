"""All that the evaluate stage finds of more than two classes."""

from collections.abc import Mapping

import pandas as pd

from pipeline.artifacts.predictions import Predictions
from pipeline.classes import only_of_two
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.grouping import find_subgroups
from pipeline.evaluation.multiclass.comparison import CLASS_TESTS, compare_classes
from pipeline.evaluation.multiclass.score import CLASS_INTERVAL, score_each_class
from pipeline.evaluation.multiclass.study import class_study
from pipeline.evaluation.multiclass.subgroups import score_class_subgroups
from pipeline.evaluation.outcome import Outcome
from pipeline.evaluation.summary import finetune_first
from pipeline.params import Evaluate


def more_classes(
    predictions: Mapping[str, Predictions],
    cases: pd.DataFrame,
    settings: Evaluate,
    intervals: Intervals,
) -> Outcome:
    """Evaluate models that tell several classes apart.

    Parameters as in :func:`pipeline.evaluation.outcome.two_classes`.
    """
    study = class_study(predictions)
    classes = tuple(study.provenance["classes"])
    models = {name: study.models[name].metrics for name in finetune_first(study.models)}
    return Outcome(
        study=study,
        comparisons=compare_classes(models, **intervals),
        tests=CLASS_TESTS,
        scores={
            "split": study.split,
            "interval": CLASS_INTERVAL,
            "models": {
                name: score_each_class(scores.reported, classes, settings.confidence)
                for name, scores in study.models.items()
            },
        },
        calibration={
            "method": None,
            "models": {},
            "note": only_of_two("Corrections of calibration", classes),
        },
        subgroups=score_class_subgroups(
            models,
            # a finding that is a class is scored as that class already
            [
                each
                for each in find_subgroups(cases, study.ids)
                if each.column != "finding" or each.value not in classes
            ],
            classes=classes,
            minimum=settings.minimum_group,
            intervals=intervals,
        ),
    )
