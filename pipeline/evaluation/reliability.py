"""Do probabilities mean what they say: metrics of calibration, for many sets of weights."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import logit

from pipeline.evaluation.logistic import fit_line, fit_shift
from pipeline.evaluation.metrics import brier, ratio
from pipeline.evaluation.scored_cases import FloatArray, ScoredCases

RELIABILITY = ("brier", "log_loss", "calibration_slope", "calibration_intercept", "ece")
BINS = 10
_SMALLEST = float(np.finfo(np.float64).eps)  # as scikit-learn clips for the log loss
_LOGIT_CLIP = 1e-6  # a probability of 0 or 1 has no logit


@dataclass(frozen=True, eq=False)
class Reliability:
    """The calibration metrics of the same cases, as a function of weights.

    `brier`, `log_loss`: of scikit-learn. `calibration_slope`: of a logistic regression of the
    labels on the logits of the probabilities; below 1, probabilities are too extreme.
    `calibration_intercept`: of that regression with the slope held at 1 (calibration in the
    large); above 0, probabilities are too low on the whole [1]_. `ece`: the mean distance of
    probability and share of positives in ten bins of equal width, weighted by their cases [2]_.

    References
    ----------
    .. [1] Van Calster et al., Journal of Clinical Epidemiology 74:167-176, 2016.
    .. [2] Naeini, Cooper and Hauskrecht, AAAI 2015; Guo et al., ICML 2017.
    """

    cases: ScoredCases
    logits: FloatArray
    losses: FloatArray
    binned: FloatArray

    @classmethod
    def of(cls, cases: ScoredCases) -> Self:
        """Prepare the metrics of `cases`."""
        p = cases.probabilities
        clipped = np.clip(p, _SMALLEST, 1 - _SMALLEST)
        losses = -np.where(cases.labels == 1, np.log(clipped), np.log1p(-clipped))
        bins = np.minimum((p * BINS).astype(np.int64), BINS - 1)
        binned = np.zeros((cases.n, BINS))
        binned[np.arange(cases.n), bins] = cases.labels - p
        return cls(cases, logit(np.clip(p, _LOGIT_CLIP, 1 - _LOGIT_CLIP)), losses, binned)

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Return each of RELIABILITY as an ndarray of shape (n_sets,) for weights."""
        total = weights.sum(axis=1)
        _, slope = fit_line(self.logits, self.cases.labels, weights)
        return {
            "brier": brier(self.cases, weights),
            "log_loss": ratio(weights @ self.losses, total),
            "calibration_slope": slope,
            "calibration_intercept": fit_shift(self.logits, self.cases.labels, weights),
            "ece": ratio(np.abs(weights @ self.binned).sum(axis=1), total),
        }
