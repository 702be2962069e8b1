from benchmarks import coverage_macro
from benchmarks.coverage_macro import COHORTS, main


def test_a_line_for_every_kind_of_cohort_and_size(capsys, monkeypatch):
    monkeypatch.setattr(coverage_macro, "SIZES", (120,))
    monkeypatch.setattr(coverage_macro, "LARGE", 20_000)
    main(["--cohorts", "10"])
    lines = capsys.readouterr().out.splitlines()[3:-1]
    assert [line[:20].strip() for line in lines] == [*COHORTS, "all"]
    held, low, high, test, few = (float(cell) for cell in lines[-1].split()[1:])
    assert 85 < held <= 100
    assert 99 < held + low + high < 101
    assert test < 20
    assert few < 5
