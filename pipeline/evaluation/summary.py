"""metrics/summary.json: every model's figures on one page, and what they allow to be said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.artifacts.provenance import (
    Heading,
    counted,
    data_in_words,
    note_on_split,
    weights_in_words,
)
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.comparison import Comparison
from pipeline.evaluation.conclusion import conclude
from pipeline.evaluation.metrics import AllMetrics
from pipeline.evaluation.study import ModelScores, Scores, Study
from pipeline.evaluation.wording import sentence
from pipeline.paths import FINETUNE

PROBE = "linear_probe"


@dataclass(frozen=True)
class Summary:
    """What metrics/summary.json holds.

    Attributes
    ----------
    heading
        What was evaluated.
    models
        Figures by model.
    probe_augmented
        Figures of the linear probe on augmented views, as the seed study reports them; None
        where the features have no such view.
    finetune_minus_best_head
        The paired comparison; None where there was no best head.
    conclusion
        One sentence on it.
    differences
        One sentence on every pair of models.
    """

    heading: Heading
    models: dict[str, dict[str, Any]]
    probe_augmented: dict[str, Any] | None
    finetune_minus_best_head: Comparison | None
    conclusion: str
    differences: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the content of the file."""
        difference = self.finetune_minus_best_head
        return {
            **self.heading.to_dict(),
            "models": self.models,
            f"{PROBE}_augmented": self.probe_augmented,
            "finetune_minus_best_head": (
                None
                if difference is None
                else {
                    metric: {end: getattr(figure, end) for end in ("value", "low", "high")}
                    for metric, figure in (
                        ("auc", difference.auc),
                        ("accuracy", difference.accuracy),
                        ("brier", difference.brier),
                    )
                }
            ),
            "conclusion": self.conclusion,
            "differences": self.differences,
        }


def summarise(
    study: Study[Scores],
    comparisons: Sequence[Comparison],
    *,
    margin: float,
    n_bootstrap: int,
    confidence: float,
    seed: int,
) -> Summary:
    """Score every model, and say what the comparisons show.

    Parameters
    ----------
    study
        All models' predictions.
    comparisons
        Of every pair of its models.
    margin
        Difference of AUCs that would not matter.
    n_bootstrap
        How many times the patients are drawn.
    confidence
        Of the intervals, as 0.95.
    seed
        Of the draws.
    """
    intervals = Intervals(n_bootstrap=n_bootstrap, confidence=confidence, seed=seed)
    best = best_head(study)
    heading = _heading(study, best, intervals)
    augmented = study.augmented.get(PROBE)
    difference = next(
        (each for each in comparisons if (each.first, each.second) == (FINETUNE, best)), None
    )
    return Summary(
        heading=heading,
        models={name: scores.figures(intervals) for name, scores in study.models.items()},
        probe_augmented=None if augmented is None else augmented.figures(intervals),
        finetune_minus_best_head=difference,
        conclusion=conclude(heading, None if difference is None else difference.auc),
        differences=[
            sentence(each, confidence=confidence, margin=margin, auc=heading.auc)
            for each in comparisons
        ],
    )


def compared_models(study: Study[ModelScores]) -> dict[str, AllMetrics]:
    """Return the metrics of all models, fine-tuning first, so that heads are taken from it."""
    return {name: study.models[name].metrics for name in finetune_first(study.models)}


def finetune_first(models: Iterable[str]) -> list[str]:
    """Return the names of models, fine-tuning before the heads."""
    return sorted(models, key=lambda name: name != FINETUNE)


def best_head(study: Study[Scores]) -> str | None:
    """Return the head with the highest AUC on validation, the first of equals.

    The reported cases choose nothing. None where validation lacks a class.
    """
    aucs = {
        name: scores.validation_auc for name, scores in study.models.items() if name != FINETUNE
    }
    defined = {name: auc for name, auc in aucs.items() if auc is not None}
    return max(defined, key=defined.__getitem__, default=None)


def _heading(study: Study[Scores], best: str | None, intervals: Intervals) -> Heading:
    origin, scores = study.provenance, study.models[FINETUNE]
    cases = scores.reported
    return Heading(
        data=data_in_words(synthetic=origin["synthetic"]),
        backbone=origin["backbone"],
        weights=weights_in_words(origin["weights"], random=origin["weights_random"]),
        split=study.split,
        split_note=note_on_split(study.split),
        n=cases.n,
        n_patients=cases.n_patients,
        counts=counted(origin["classes"], cases.labels),
        confidence=intervals["confidence"],
        bootstrap=intervals["n_bootstrap"],
        interval=scores.interval,
        best_head=best,
    )
