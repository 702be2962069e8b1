"""metrics/study.json: the few numbers of a run that `dvc exp show` puts side by side."""

from typing import Self

from pipeline.artifacts.document import Document
from pipeline.artifacts.results import Estimate
from pipeline.artifacts.summary import Summary

DIGITS = 3  # after the point; more would not fit a terminal
DIGITS_OF_SHARES = 2


class Headline(Document):
    """metrics/study.json; the names are short because each is a column of `dvc exp show`.

    Rounded for reading: compute with metrics/summary.json, which holds every digit. A number is
    None where it is not defined.

    Attributes
    ----------
    n
        Reported images: of test, or of validation where no patients were held out.
    auc, lo, hi
        AUC of the best head, with its interval.
    diff, d_lo, d_hi
        Fine-tuning minus that head, with the paired interval.
    sens, spec
        Sensitivity and specificity of that head at its threshold, which validation chose; None
        of more than two classes.
    brier
        Brier score of that head.
    """

    n: int
    auc: float | None
    lo: float | None
    hi: float | None
    diff: float | None
    d_lo: float | None
    d_hi: float | None
    sens: float | None
    spec: float | None
    brier: float | None

    @classmethod
    def of(cls, summary: Summary) -> Self:
        """Take the numbers from a summary."""
        head, pair = summary.models.get(summary.best_head or ""), summary.primary_minus_best_head
        auc, sensitivity, specificity, brier = (
            Estimate(value=None) if head is None else head.estimate(metric)
            for metric in ("auc", "sensitivity", "specificity", "brier")
        )
        difference = Estimate(value=None) if pair is None else pair.auc
        return cls(
            n=summary.n,
            auc=_rounded(auc.value),
            lo=_rounded(auc.low),
            hi=_rounded(auc.high),
            diff=_rounded(difference.value),
            d_lo=_rounded(difference.low),
            d_hi=_rounded(difference.high),
            sens=_rounded(sensitivity.value, DIGITS_OF_SHARES),
            spec=_rounded(specificity.value, DIGITS_OF_SHARES),
            brier=_rounded(brier.value),
        )


def _rounded(value: float | None, digits: int = DIGITS) -> float | None:
    return None if value is None else round(value, digits)
