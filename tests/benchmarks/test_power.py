"""The simulation of power and of false orders, small."""

from benchmarks import power


def test_both_tables_have_their_lines(capsys, monkeypatch):
    for name, value in {"PATIENTS": (60,), "AUCS": (0.7,), "IMAGES": (1,)}.items():
        monkeypatch.setattr(power, name, value)
    power.main(["--cohorts", "150"])
    said = capsys.readouterr().out
    rows = [line.split() for line in said.splitlines()[2:6]]
    assert [row[-3] for row in rows] == ["50.0", "80.0"] * 2
    assert all(abs(float(row[-1]) - float(row[-3])) < 15 for row in rows)
    assert "4 settings" in said
    assert said.count("true differences:") == 2
