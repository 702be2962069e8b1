"""The simulations of cross-validation and of suspect labels, small."""

from benchmarks import coverage_cv, suspect_labels


def test_cross_validation_has_a_line_a_size(capsys, monkeypatch):
    monkeypatch.setattr(coverage_cv, "PATIENTS", (40,))
    monkeypatch.setattr(coverage_cv, "ENDLESS", 500)
    coverage_cv.main(["--cohorts", "2"])
    size, truth, pooled, of_folds, *_ = capsys.readouterr().out.splitlines()[2].split()
    assert size == "40"
    assert all(0.5 < float(each) < 1 for each in (truth, pooled, of_folds))


def test_suspect_labels_have_a_line_an_effect(capsys, monkeypatch):
    monkeypatch.setattr(suspect_labels, "SIZES", (120,))
    monkeypatch.setattr(suspect_labels, "EFFECTS", (0.0, 1.5))
    suspect_labels.main(["--cohorts", "1"])
    lines = capsys.readouterr().out.splitlines()[2:-1]
    assert [line.split()[2] for line in lines] == ["0", "100"]
