"""Cohorts of other shapes: endless ones have the truth they are said to have."""

import numpy as np
import pytest

from benchmarks.coverage import main
from benchmarks.few_patients import main as few_patients
from benchmarks.non_inferiority import main as non_inferiority
from benchmarks.shapes import SHAPES
from pipeline.statistics.delong import influences


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_both_models_have_the_truth_of_their_shape(shape):
    known = shape.known(0.3)
    for cases in shape.draw(np.random.default_rng(1), 100_000, 0.3):
        positive = cases.labels == 1
        called = cases.probabilities >= known.threshold
        assert positive.mean() == pytest.approx(0.3, abs=0.02)
        assert influences(cases)[0] == pytest.approx(known.auc, abs=0.01)
        assert called[positive].mean() == pytest.approx(known.sensitivity, abs=0.02)
        assert (called == positive).mean() == pytest.approx(known.accuracy, abs=0.02)


def test_shapes_are_what_they_are_called():
    drawn = {shape.name: shape.draw(np.random.default_rng(2), 5000, 0.3)[0] for shape in SHAPES}
    assert np.unique(drawn["tied"].probabilities).size < 15
    telling = drawn["cluster size"]
    sizes = np.bincount(telling.patients)[telling.patients]
    assert sizes[telling.labels == 1].mean() > 1.2 * sizes[telling.labels == 0].mean()


def test_every_command_prints_its_lines(capsys, monkeypatch):
    main(["--family", "shapes", "--cohorts", "2"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(SHAPES) * 4 * 2 + 2
    few_patients(["--cohorts", "2"])
    assert "several, 35%" in capsys.readouterr().out
    monkeypatch.setattr("benchmarks.non_inferiority.PATIENTS", (30,))
    non_inferiority(["--cohorts", "5"])
    assert len(capsys.readouterr().out.splitlines()) == 2 + 3 + 1
