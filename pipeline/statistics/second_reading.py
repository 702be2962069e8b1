"""How often a second reading changed labels, of suspects and of controls."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.artifacts.readings import KINDS
from pipeline.statistics.proportion import share_interval
from pipeline.statistics.scored_cases import BinaryCases


@dataclass(frozen=True)
class Changed:
    """Labels that a second reading changed, of one kind of images.

    Attributes
    ----------
    kind
        suspect or control.
    changed, n, n_patients
        Images whose label changed, all images and patients.
    low, high
        Interval of the share, by patient (:mod:`pipeline.statistics.proportion`); None with fewer
        than two patients.
    """

    kind: str
    changed: int
    n: int
    n_patients: int
    low: float | None
    high: float | None

    @property
    def sentence(self) -> str:
        """Say it in words.

        Examples
        --------
        >>> Changed("suspect", 5, 12, 11, 0.19, 0.68).sentence
        '5 of 12 suspects (42 %, 19 to 68 %)'
        """
        if self.low is None or self.high is None:
            ends = "no interval: too few patients"
        else:
            ends = f"{100 * self.low:.0f} to {100 * self.high:.0f} %"
        share = 100 * self.changed / self.n
        return f"{self.changed} of {self.n} {self.kind}s ({share:.0f} %, {ends})"


def count_changed(cases: pd.DataFrame, confidence: float) -> list[Changed]:
    """Count changed labels of each kind of images that were read again.

    Parameters
    ----------
    cases
        Columns group, label, given_label and read_again, as in data/cases.parquet.
    confidence
        As 0.95.
    """
    found = []
    for kind in KINDS:
        read = cases[cases["read_again"] == kind]
        if read.empty:
            continue
        changed = (read["label"] != read["given_label"]).to_numpy(dtype=bool)
        clustered = BinaryCases.of(changed.astype(int), np.zeros(len(read)), read["group"])
        low, high = share_interval(changed, np.ones(len(read), dtype=bool), clustered, confidence)
        found.append(Changed(kind, int(changed.sum()), len(read), clustered.n_patients, low, high))
    return found
