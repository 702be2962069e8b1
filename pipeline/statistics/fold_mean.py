"""The mean of a figure over the folds of cross-validation, with a corrected resampled variance.

The training sets of folds overlap, so their figures vary together, and the variance of J of them
divided by J is too small. With n2 / n1 the ratio of scored to training patients of a fold [1]_,

    Var(mean) = (1 / J + n2 / n1) S^2

with S^2 the variance between the J folds, within repeats, as repeats score the same patients [2]_,
and J - R degrees of freedom with R repeats. With few patients more repeats tell nothing of other
patients: there the degrees of freedom are those of one repeat (`benchmarks.coverage_cv`).

References
----------
.. [1] Nadeau and Bengio, Inference for the generalization error, Machine Learning 52:239-281, 2003.
.. [2] Bouckaert and Frank, Evaluating the replicability of significance tests for comparing
   learning algorithms, PAKDD 2004, whose S^2 is of all repeats together: the test then calls equal
   models different more often.
"""

import math
from dataclasses import dataclass

import numpy as np

from pipeline.artifacts.results import Estimate
from pipeline.statistics.crossed import NO_WIDTH, Part, half_width, p_value, with_interval
from pipeline.statistics.delong import FEW_PATIENTS
from pipeline.statistics.scored_cases import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class OfFolds:
    """A figure on each fold of each repeat.

    Attributes
    ----------
    figures
        ndarray of shape (n_folds,), of all repeats; NaN where a figure is not defined on a fold,
        which is left out.
    repeat
        ndarray of shape (n_folds,), the repeat of each fold.
    ratio
        Patients that are scored in a fold, over those that are trained on.
    fewest
        Patients of the rarest class, scored or trained on.
    """

    figures: FloatArray
    repeat: IntArray
    ratio: float
    fewest: int

    def mean(self, confidence: float, bounds: tuple[float, float]) -> Estimate:
        """Return the mean over folds with its interval.

        Parameters
        ----------
        confidence
            As 0.95.
        bounds
            The figure's smallest and largest possible value.

        Returns
        -------
        Estimate
            Undefined where no fold has the figure; without an interval where no repeat has two
            folds with it, or where it does not vary between them.
        """
        defined = self.figures[~np.isnan(self.figures)]
        if not defined.size:
            return Estimate(value=None)
        value, part = float(defined.mean()), self._part()
        if part is None:
            return with_interval(value, (None, None), confidence=confidence)
        half = half_width([part], confidence)
        ends = max(value - half, bounds[0]), min(value + half, bounds[1])
        return with_interval(value, ends, confidence=confidence, bounds=bounds)

    def p_value(self) -> float | None:
        """Return the two-sided p-value of a mean of 0; None where it has no interval."""
        part = self._part()
        if part is None or math.sqrt(part.variance) < NO_WIDTH:
            return None
        return p_value(float(np.nanmean(self.figures)), [part])

    def _part(self) -> Part | None:
        """Return the corrected resampled variance of the mean; None with too few folds."""
        defined = ~np.isnan(self.figures)
        figures, repeat = self.figures[defined], self.repeat[defined]
        repeats, index, counts = np.unique(repeat, return_inverse=True, return_counts=True)
        freedom = int(figures.size - repeats.size)
        if freedom < 1:
            return None
        means = np.bincount(index, figures) / counts
        variance = float(((figures - means[index]) ** 2).sum()) / freedom
        if self.fewest < FEW_PATIENTS:
            freedom = int(counts.max()) - 1
        return Part((1 / figures.size + self.ratio) * variance, freedom)
