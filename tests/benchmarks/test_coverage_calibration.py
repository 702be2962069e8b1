"""The simulation of calibration errors, small."""

from benchmarks.coverage_calibration import main


def test_every_size_and_correlation_has_a_line(capsys, monkeypatch):
    monkeypatch.setattr("benchmarks.coverage_calibration.SIZES", (60,))
    main(["--cohorts", "2"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[2:-1]] == [
        ["60", "0.0"],
        ["60", "0.5"],
        ["60", "0.9"],
    ]
    for line in lines[2:-1]:
        assert all(0 <= float(cell) <= 100 for cell in line.split()[2:])
