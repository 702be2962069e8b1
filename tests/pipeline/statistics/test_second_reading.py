"""How often a second reading changed labels."""

import pandas as pd
import pytest

from pipeline.statistics.second_reading import count_changed


def read_again(patients, images, changed):
    """Return suspects, `images` a patient, of whom the first `changed` have another label."""
    groups = [f"p{patient}" for patient in range(patients) for _ in range(images)]
    label = [int(patient < changed) for patient in range(patients) for _ in range(images)]
    given = pd.array([0] * len(label), dtype="Int64")
    return pd.DataFrame(
        {"group": groups, "label": label, "given_label": given, "read_again": "suspect"}
    )


def test_suspects_and_controls_are_counted_apart():
    unread = pd.DataFrame(
        {"group": ["x"], "label": [1], "given_label": [None], "read_again": [None]}
    )
    controls = read_again(1, 2, 0).assign(read_again="control")
    suspects, others = count_changed(
        pd.concat([read_again(20, 1, 5), controls, unread], ignore_index=True), 0.95
    )
    assert (suspects.kind, suspects.changed, suspects.n, suspects.n_patients) == (
        "suspect",
        5,
        20,
        20,
    )
    assert 0.05 < suspects.low < 0.25 < suspects.high < 0.55
    assert suspects.sentence.startswith("5 of 20 suspects (25 %, ")
    assert others.sentence == "0 of 2 controls (0 %, no interval: too few patients)"
    assert count_changed(unread, 0.95) == []


def test_two_like_images_of_a_patient_count_as_one():
    (single,) = count_changed(read_again(20, 1, 5), 0.95)
    (double,) = count_changed(read_again(20, 2, 5), 0.95)
    assert (double.n, double.n_patients) == (40, 20)
    assert (double.low, double.high) == pytest.approx((single.low, single.high), abs=0.02)
