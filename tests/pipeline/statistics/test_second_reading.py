"""How often a second reading changed labels."""

import pandas as pd
import pytest

from pipeline.statistics.second_reading import count_changed


def test_suspects_and_controls_are_counted_by_patient():
    cases = pd.DataFrame(
        {
            "group": list("aabbccdd"),
            "label": [1, 1, 0, 0, 1, 0, 1, 1],
            "given_label": pd.array([0, 0, 0, 0, 1, 0, None, None], dtype="Int64"),
            "read_again": ["suspect"] * 4 + ["control"] * 2 + [None] * 2,
        }
    )
    suspects, controls = count_changed(cases, 0.95)
    assert (suspects.kind, suspects.changed, suspects.n, suspects.n_patients) == (
        "suspect",
        2,
        4,
        2,
    )
    assert (controls.changed, controls.n, controls.low) == (0, 2, None)
    # two patients, one wholly changed: Wilson's interval of one of two
    assert suspects.low == pytest.approx(0.0945, abs=1e-3)
    assert suspects.sentence == "2 of 4 suspects (50 %, 9 to 91 %)"
    assert controls.sentence == "0 of 2 controls (0 %, no interval: too few patients)"
    assert count_changed(cases.assign(read_again=None), 0.95) == []
