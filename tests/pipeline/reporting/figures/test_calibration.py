"""Calibration curves in words."""

import numpy as np
import pandas as pd

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.figures.calibration import calibration


def test_a_model_whose_probabilities_are_all_alike_is_named(evidence: Evidence) -> None:
    name = next(iter(evidence.summary.models))
    bins = evidence.curves["calibration"]
    spread = pd.DataFrame(
        {"predicted": np.linspace(0.1, 0.9, 5), "observed": 0.5, "low": 0.4, "high": 0.6, "n": 9}
    )
    wide = dict.fromkeys(bins, spread)
    assert "no risks" not in calibration(evidence.summary, wide).caption
    narrow = wide | {name: spread.assign(predicted=np.linspace(0.48, 0.52, 5))}
    said = calibration(evidence.summary, narrow).caption
    assert said.count("lie within 0.1 of one another: they rank images, but are no risks") == 1
    assert "All probabilities of Logistic regression lie" in said
