"""What is claimed of each pair of models, so that few claims of all together are false.

The primary pair is fixed beforehand and stands alone: its p-values are not adjusted. All other
pairs are one family, adjusted by Holm's method: the tests of a difference, and apart from them
the tests of non-inferiority, two a pair. A difference is claimed where its p-value is below
1 - confidence, non-inferiority where its one-sided p-value is below half of that, as where the
interval of a single pair leaves the margin out.
"""

from collections.abc import Sequence

from pipeline.artifacts.results import Difference
from pipeline.statistics.holm import holm


def adjusted(tested: Sequence[Difference], primary: Sequence[bool]) -> list[Difference]:
    """Adjust the p-values of all pairs but the primary one.

    Parameters
    ----------
    tested
        The differences of the pairs, of one metric.
    primary
        Whether each is the primary pair.
    """
    both = holm([None if own else each.p for each, own in zip(tested, primary, strict=True)])
    worse = holm(
        [
            None if own else p
            for each, own in zip(tested, primary, strict=True)
            for p in (each.p_first_worse, each.p_second_worse)
        ]
    )
    return [
        each.model_copy(
            update={"p_holm": each.p}
            if own
            else {
                "p_holm": p,
                **({"p_first_worse": first, "p_second_worse": second} if first is not None else {}),
            }
        )
        for each, own, p, first, second in zip(
            tested, primary, both, worse[::2], worse[1::2], strict=True
        )
    ]


def better(names: tuple[str, str], auc: Difference, confidence: float) -> str | None:
    """Return the model with the higher AUC, None where none is shown to have it."""
    if auc.value is None or auc.p_holm is None or auc.p_holm >= 1 - confidence:
        return None
    return names[0 if auc.value > 0 else 1]


def not_worse(p_worse: float | None, confidence: float) -> bool:
    """Say whether a model is shown not to be worse by the margin or more."""
    return p_worse is not None and p_worse < (1 - confidence) / 2
