"""From how many patients on fine-tuning pays, in words."""

from itertools import takewhile

import pandas as pd

from pipeline.artifacts.results import Estimate
from pipeline.reporting.style import name_in_words
from pipeline.reporting.text import with_interval

_HOW = (
    "Each difference is of one training on one draw of patients; its interval is of test patients, "
    "and is not adjusted for the number of shares."
)


def pays_in_words(rows: pd.DataFrame, head: str, auc: str) -> list[str]:
    """Say from how many training patients on each arm has the higher AUC.

    It has from a share on, if there and at every larger share the interval of its AUC minus the
    head's lies above 0.

    Parameters
    ----------
    rows
        curves/limits/finetune/<arm>/patients.csv of all arms, each in the order of its shares.
    head
        The head that the arms are compared with.
    auc
        What the AUC is called inside a sentence.

    Returns
    -------
    list of str
        A sentence an arm, and how to read them; empty without arms.
    """
    arms = rows.groupby("model", sort=False)
    found = [_of_arm(str(name), of_arm, name_in_words(head), auc) for name, of_arm in arms]
    return [*found, _HOW] if found else []


def missed_in_words(rows: pd.DataFrame, head: str, auc: str) -> list[str]:
    """Say how each arm compares with the head where most positives are written down as negatives.

    Parameters
    ----------
    rows
        curves/limits/finetune/<arm>/labels.csv of all arms, each in the order of its shares.
    head, auc
        As in :func:`pays_in_words`.
    """
    worst = [(name, of_arm.iloc[-1]) for name, of_arm in rows.groupby("model", sort=False)]
    return [
        f"With {row['share']:.0%} of the positives written down as negatives, the {auc} of "
        f"{name_in_words(str(name))} minus that of {name_in_words(head)} was {_difference(row)}."
        for name, row in worst
    ]


def _of_arm(name: str, rows: pd.DataFrame, head: str, auc: str) -> str:
    higher, last = (rows["difference_low"] > 0).tolist(), rows.iloc[-1]
    in_a_row = len(list(takewhile(bool, reversed(higher))))  # at the largest shares
    if in_a_row:
        first = rows.iloc[-in_a_row]
        return (
            f"From {_patients(first)} on, {name_in_words(name)} had a higher {auc} than {head} "
            f"(there by {_difference(first)}, with {_patients(last)} by {_difference(last)})."
        )
    shown = [_patients(row) for _, row in rows[higher].iterrows()]
    where = (
        f"is shown with {' and '.join(shown)}, but not with all larger numbers"
        if shown
        else "is not shown at any number of patients here"
    )
    return (
        f"That {name_in_words(name)} has a higher {auc} than {head} {where} (with "
        f"{_patients(last)} the difference was {_difference(last)})."
    )


def _patients(row: "pd.Series[float]") -> str:
    return f"{row['patients']:.0f} training patients"


def _difference(row: "pd.Series[float]") -> str:
    """Write a difference and its interval; where there is none, the difference alone."""
    value, low, high = (
        None if pd.isna(row[column]) else float(row[column])
        for column in ("difference", "difference_low", "difference_high")
    )
    return with_interval(Estimate(value=value, low=low, high=high), signed=True)
