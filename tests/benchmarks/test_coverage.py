import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.coverage import AUC, Truth, draw, main, probability


def test_endless_cohorts_have_the_truth_they_are_said_to_have():
    truth = Truth(0.3)
    for cases in draw(np.random.default_rng(0), 30_000, truth):
        positive = cases.labels == 1
        called = cases.probabilities >= probability(truth.threshold)
        assert positive.mean() == pytest.approx(0.3, abs=0.02)
        assert roc_auc_score(cases.labels, cases.probabilities) == pytest.approx(AUC, abs=0.02)
        assert called[positive].mean() == pytest.approx(truth.sensitivity, abs=0.02)
        assert (called == positive).mean() == pytest.approx(truth.accuracy, abs=0.02)
        assert cases.n / cases.n_patients == pytest.approx(2.5, abs=0.02)


def test_a_line_for_every_size_and_share_of_positives(capsys):
    main(["--cohorts", "5"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 4 * 4 + 2
    assert lines[2].split()[:2] == ["60", "10%"]
    overall = [float(cell) for cell in lines[-2].split()[1:]]
    assert all(75 < cover <= 100 for cover in overall[:4])
    assert all(wrong < 20 for wrong in overall[4:6])
