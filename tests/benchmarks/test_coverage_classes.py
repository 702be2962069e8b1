import numpy as np
import pytest

from benchmarks import coverage_classes
from benchmarks.coverage_classes import SHARES, draw, main


def test_both_models_of_a_cohort_are_equally_good():
    first, second = draw(np.random.default_rng(0), 30_000)
    for cases in (first.cases, second.cases):
        assert np.bincount(cases.labels) / cases.n == pytest.approx(SHARES, abs=0.02)
        assert cases.n / cases.n_patients == pytest.approx(2.5, abs=0.02)
    assert first.correct.mean() == pytest.approx(second.correct.mean(), abs=0.01)


def test_a_line_for_every_size(capsys, monkeypatch):
    monkeypatch.setattr(coverage_classes, "SIZES", (60, 120))
    monkeypatch.setattr(coverage_classes, "LARGE", 20_000)
    main(["--cohorts", "10"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("truths: accuracy 0.7")
    assert [line.split()[0] for line in lines[3:6]] == ["60", "120", "all"]
    held = [float(cell) for cell in lines[5].split()[1:8]]
    assert all(70 < share <= 100 for share in held)
