"""metrics/scores.json: every metric of every model, with its interval and how that was made."""

from collections.abc import Sequence
from typing import Any

from pipeline.evaluation.bootstrap import estimate
from pipeline.evaluation.intervals import INTERVAL, with_closed_forms
from pipeline.evaluation.operating import Operating
from pipeline.evaluation.reliability import Reliability
from pipeline.evaluation.scored_cases import FloatArray
from pipeline.evaluation.study import ModelScores, Study


def all_scores(
    study: Study[ModelScores],
    *,
    operating_points: Sequence[float],
    prevalences: Sequence[float],
    n_bootstrap: int,
    confidence: float,
    seed: int,
) -> dict[str, Any]:
    """Return the content of metrics/scores.json.

    Parameters
    ----------
    study
        All models' predictions.
    operating_points, prevalences
        As in :class:`pipeline.evaluation.operating.Operating`.
    n_bootstrap, confidence, seed
        Of the intervals.
    """

    def figures(model: ModelScores) -> dict[str, dict[str, float | None]]:
        metrics, cases = model.metrics, model.reported
        parts = (
            metrics,
            Operating(metrics, operating_points, prevalences),
            Reliability.of(cases),
        )

        def everything(weights: FloatArray) -> dict[str, FloatArray]:
            return {name: value for part in parts for name, value in part(weights).items()}

        estimates = estimate(
            everything,
            cases.patients,
            cases.n_patients,
            n_bootstrap=n_bootstrap,
            confidence=confidence,
            seed=seed,
        )
        estimates = with_closed_forms(estimates, metrics, confidence)
        return {name: each.to_dict() for name, each in estimates.items()}

    return {
        "split": study.split,
        "interval": INTERVAL,
        "models": {name: figures(model) for name, model in study.models.items()},
    }
