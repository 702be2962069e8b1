"""The results of the stage evaluate, in the form of the files that it writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.artifacts.plan import PrimaryComparison
from pipeline.artifacts.predictions import Predictions
from pipeline.artifacts.provenance import (
    counted,
    data_in_words,
    note_on_split,
    weights_in_words,
)
from pipeline.artifacts.results import (
    CalibrationFile,
    ComparisonsFile,
    ModelMetrics,
    Pair,
    ScoresFile,
    SubgroupsFile,
)
from pipeline.artifacts.summary import Summary
from pipeline.evaluation.comparison import HOW_TESTED, compare
from pipeline.evaluation.conclusion import conclude
from pipeline.evaluation.metrics import all_metrics
from pipeline.evaluation.model_scores import ModelScores
from pipeline.evaluation.operating_points import carried_points
from pipeline.evaluation.recalibration import before_and_after
from pipeline.evaluation.score import measure, model_metrics, score_each_class, several
from pipeline.evaluation.study import Study
from pipeline.evaluation.subgroups import score_subgroups
from pipeline.evaluation.wording import gate_in_words, intervals_in_words, sentence
from pipeline.params import Evaluate
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.grouping import find_subgroups


@dataclass(frozen=True)
class Outcome:
    """The study and the content of the files under metrics/."""

    study: Study
    summary: Summary
    scores: ScoresFile
    comparisons: ComparisonsFile
    calibration: CalibrationFile
    subgroups: SubgroupsFile


def evaluate(
    predictions: Mapping[str, Predictions],
    plan: PrimaryComparison,
    cases: pd.DataFrame,
    settings: Evaluate,
    intervals: Intervals,
) -> Outcome:
    """Evaluate and compare models on the same cases.

    Parameters
    ----------
    predictions
        By model.
    plan
        The primary comparison, fixed before the predictions were read.
    cases
        As in data/cases.parquet.
    settings
        The block `evaluate` of params.yaml.
    intervals
        How intervals are made.
    """
    study = Study.of(predictions, plan.inner_auc)
    subgroups = find_subgroups(cases, study.ids)
    primary = plan.first, study.best_head
    pairs = compare(study.compared, intervals, margin=plan.margin, primary=primary)
    read_again = cases[cases["id"].isin(study.ids) & cases["given_label"].notna()]
    relabelled = int((read_again["label"] != read_again["given_label"]).sum())
    summary = summarise(study, pairs, intervals, plan, relabelled=relabelled)
    about = summary.model_dump(include={"data", "weights", "split", "split_note", "confidence"})
    return Outcome(
        study=study,
        summary=summary,
        scores=ScoresFile(**about, **_scores(study, settings, intervals)),
        comparisons=ComparisonsFile(
            **about,
            tests=HOW_TESTED,
            reading=gate_in_words(pairs),
            margin=plan.margin,
            margin_reason=plan.margin_reason,
            pairs=tuple(pairs),
        ),
        calibration=CalibrationFile(
            **about,
            method=settings.recalibration,
            models=before_and_after(study, settings.recalibration, intervals),
        ),
        subgroups=SubgroupsFile(
            **about,
            minimum_patients=settings.minimum_group,
            groups=tuple(
                score_subgroups(
                    study.reported, subgroups, minimum=settings.minimum_group, intervals=intervals
                )
            ),
        ),
    )


def summarise(
    study: Study,
    pairs: list[Pair],
    intervals: Intervals,
    plan: PrimaryComparison,
    *,
    relabelled: int = 0,
) -> Summary:
    """Score every model, and say what the comparisons show.

    Parameters
    ----------
    study
        All models' predictions.
    pairs
        Comparisons of every pair of its models.
    intervals
        How intervals are made.
    plan
        The primary comparison.
    relabelled
        How many of the reported cases have another label since a second reading.
    """

    def metrics(scores: ModelScores) -> ModelMetrics:
        return model_metrics(scores.trainings, scores.rule.threshold, intervals)

    origin, cases, best = study.provenance, next(iter(study.models.values())), study.best_head
    found = next((each for each in pairs if each.primary), None)
    ends = {"value", "low", "high", "because", "seeds_share"}
    in_short = (
        None
        if found is None
        else found.model_dump(
            include=dict.fromkeys(("auc", "accuracy", "brier"), ends), exclude_unset=True
        )
    )
    augmented = {f"{name}_augmented": metrics(each) for name, each in study.augmented.items()}
    summary = Summary.model_validate(
        {
            "data": data_in_words(synthetic=origin["synthetic"]),
            "backbone": origin["backbone"],
            "weights": weights_in_words(origin["weights"], random=origin["weights_random"]),
            "split": study.split,
            "split_note": note_on_split(study.split),
            "n": cases.reported.cases.n,
            "n_patients": cases.reported.cases.n_patients,
            **counted(study.task.classes, cases.reported.cases.labels),
            "confidence": intervals["confidence"],
            "bootstrap": intervals["n_bootstrap"],
            "interval": intervals_in_words(study.task, seeds=study.seeds_crossed),
            "best_head": best,
            "best_head_by": study.best_head_by,
            "models": {name: metrics(scores) for name, scores in study.models.items()},
            "primary": plan.first,
            "plan_sha256": plan.sha256,
            "primary_minus_best_head": in_short,
            "conclusion": None,
            "conditions": study.conditions,
            "relabelled": relabelled,
            **augmented,
        }
    )
    return summary.model_copy(
        update={
            "conclusion": conclude(summary, found, margin=plan.margin, absent=study.absent_classes),
            "differences": tuple(
                sentence(
                    pair,
                    margin=plan.margin,
                    auc=summary.auc,
                    unlike=summary.unlike(pair.first, pair.second),
                )
                for pair in pairs
            ),
        }
    )


def _scores(study: Study, settings: Evaluate, intervals: Intervals) -> dict[str, Any]:
    """Return every metric of every model, and every reported class."""
    metrics = all_metrics(study.task, settings.operating_points, settings.prevalences)

    def points(scores: ModelScores) -> dict[str, Any]:
        if not study.task.binary:
            return {}
        return {"operating_points": carried_points(scores, settings.operating_points, intervals)}

    return {
        "interval": intervals_in_words(study.task, seeds=study.seeds_crossed),
        "models": {
            name: ModelMetrics.of(
                measure(scores.trainings, metrics, intervals).estimates,
                **several(scores.trainings),
                **points(scores),
            )
            for name, scores in study.models.items()
        },
        "classes": {
            name: score_each_class(cases, intervals["confidence"])
            for name, cases in study.reported.items()
        },
    }
