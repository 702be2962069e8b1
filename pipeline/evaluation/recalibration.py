"""Probabilities that mean more nearly what they say: corrected on validation, checked elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from pipeline.evaluation.bootstrap import estimate
from pipeline.evaluation.logistic import fit_line
from pipeline.evaluation.reliability import Reliability
from pipeline.evaluation.scored_cases import FloatArray, ScoredCases
from pipeline.evaluation.study import ModelScores, Study

Method = Literal["temperature", "platt", "isotonic"]
_CLIP = 1e-6
_LOG_TEMPERATURES = (-5.0, 5.0)


@dataclass(frozen=True, eq=False)
class Recalibration:
    """A map from a model's probabilities to corrected ones.

    Attributes
    ----------
    method
        `temperature` divides the logit by one number [1]_; `platt` multiplies and shifts it [2]_;
        `isotonic` is the best rising step function [3]_.
    parameters
        `slope` and `intercept` on the logit of the first two; none of the last, which `steps`
        holds as (probability, corrected probability).

    References
    ----------
    .. [1] Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
    .. [2] Platt, in Advances in Large Margin Classifiers, 1999.
    .. [3] Zadrozny and Elkan, KDD 2002.
    """

    method: Method
    parameters: Mapping[str, float]
    steps: tuple[FloatArray, FloatArray] | None = None

    def __call__(self, probabilities: FloatArray) -> FloatArray:
        """Return corrected probabilities of the same shape."""
        if self.steps is not None:
            return np.interp(probabilities, *self.steps)
        line = self.parameters["intercept"] + self.parameters["slope"] * _logit(probabilities)
        corrected: FloatArray = expit(line)
        return corrected


def recalibrate(cases: ScoredCases, method: Method) -> Recalibration | None:
    """Fit a correction by maximum likelihood (isotonic: least squares).

    Parameters
    ----------
    cases
        Of the validation split: neither learned from nor reported.
    method
        As in :class:`Recalibration`.

    Returns
    -------
    Recalibration or None
        None where a class is absent, or `platt` has no maximum: the scores separate the classes.
    """
    if not cases.has_both_classes:
        return None
    if method == "isotonic":
        fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(
            cases.probabilities, cases.labels
        )
        return Recalibration(method, {}, (fitted.X_thresholds_, fitted.y_thresholds_))
    x = _logit(cases.probabilities)
    if method == "platt":
        intercept, slope = fit_line(x, cases.labels, np.ones((1, cases.n)))
        if np.isnan(slope[0]):
            return None
        return Recalibration(method, {"slope": float(slope[0]), "intercept": float(intercept[0])})
    signs = 1 - 2 * cases.labels

    def loss(log_temperature: float) -> float:
        return float(np.logaddexp(0, signs * x * np.exp(-log_temperature)).mean())

    found = minimize_scalar(loss, bounds=_LOG_TEMPERATURES, method="bounded")
    return Recalibration(method, {"slope": float(np.exp(-found.x)), "intercept": 0.0})


def before_and_after(
    study: Study[ModelScores], method: Method, *, n_bootstrap: int, confidence: float, seed: int
) -> dict[str, dict[str, Any]]:
    """Return each model's calibration on the reported cases, as it is and corrected.

    Parameters
    ----------
    study
        All models' predictions.
    method
        Of the correction, fitted on each model's validation cases.
    n_bootstrap, confidence, seed
        Of the intervals, which take the correction as given.

    Returns
    -------
    dict
        By model: `parameters` of the correction, `before` and `after`, each with the metrics of
        :data:`pipeline.evaluation.reliability.RELIABILITY`; `after` and `parameters` are None
        where there is no correction.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, model in study.models.items():
        correction = recalibrate(model.validation, method)
        versions = {"before": model.reported}
        if correction is not None:
            corrected = correction(model.reported.probabilities)
            versions["after"] = replace(model.reported, probabilities=corrected)
        found[name] = {
            "parameters": None if correction is None else dict(correction.parameters),
            "after": None,
        } | {
            when: {
                metric: figure.to_dict()
                for metric, figure in estimate(
                    Reliability.of(cases),
                    cases.patients,
                    cases.n_patients,
                    n_bootstrap=n_bootstrap,
                    confidence=confidence,
                    seed=seed,
                ).items()
            }
            for when, cases in versions.items()
        }
    return found


def _logit(probabilities: FloatArray) -> FloatArray:
    clipped: FloatArray = logit(np.clip(probabilities, _CLIP, 1 - _CLIP))
    return clipped
