"""From how many patients on fine-tuning pays, in words."""

import pandas as pd

from pipeline.reporting.fine_tuning_pays import missed_in_words, pays_in_words

HEAD = "logistic_regression"
MINUS = "\N{MINUS SIGN}"


def curve(*ends: tuple[float, float], model: str = "finetune-modern") -> pd.DataFrame:
    """Return a row a share with these ends of the interval, the difference in the middle."""
    low, high = zip(*ends, strict=True)
    n = len(ends)
    return pd.DataFrame(
        {
            "model": model,
            "share": [(i + 1) / n for i in range(n)],
            "patients": [10 * (i + 1) for i in range(n)],
            "difference": [(a + b) / 2 for a, b in ends],
            "difference_low": low,
            "difference_high": high,
        }
    )


def said(rows: pd.DataFrame) -> str:
    return " ".join(pays_in_words(rows, HEAD, "AUC"))


def test_it_pays_from_the_smallest_share_after_which_it_always_does() -> None:
    # above 0 at first, then not, then twice: what counts is where it stays above
    words = said(curve((0.01, 0.05), (-0.01, 0.05), (0.01, 0.03), (0.02, 0.06)))
    assert words.startswith(
        "From 30 training patients on, fine-tuning (modern) had a higher AUC than logistic "
        "regression (there by +0.020 (+0.010 to +0.030), with 40 training patients by +0.040 "
        "(+0.020 to +0.060))."
    )
    assert "not adjusted" in words


def test_it_is_not_shown_where_no_interval_lies_above_zero() -> None:
    words = said(curve((-0.05, 0.01), (0.0, 0.02)))
    assert "is not shown at any number of patients here (with 20 training patients" in words
    assert f"{MINUS}0" not in words


def test_a_lead_that_is_lost_is_told_as_such() -> None:
    words = said(curve((0.01, 0.05), (-0.03, 0.01)))
    assert "is shown with 10 training patients, but not with all larger numbers" in words


def test_no_interval_shows_nothing() -> None:
    words = said(curve((0.01, 0.05), (float("nan"), float("nan"))))
    assert "not with all larger numbers" in words


def test_every_arm_has_a_sentence_and_without_arms_there_is_none() -> None:
    rows = pd.concat([curve((0.1, 0.2)), curve((-0.1, 0.2), model="last-block")])
    assert len(pays_in_words(rows, HEAD, "AUC")) == 3
    assert pays_in_words(pd.DataFrame(columns=["model"]), HEAD, "AUC") == []
    assert missed_in_words(pd.DataFrame(columns=["model"]), HEAD, "AUC") == []


def test_positives_missed_are_told_at_the_largest_share() -> None:
    rows = curve((0.1, 0.2), (-0.2, 0.0), model="last-block")
    (words,) = missed_in_words(rows, HEAD, "AUC")
    assert words == (
        "With 100% of the positives written down as negatives, the AUC of last blocks fine-tuned "
        f"minus that of logistic regression was {MINUS}0.100 ({MINUS}0.200 to +0.000)."
    )
