import pytest

from radbank.progress import duration, track


def test_passes_everything_through_and_counts_to_the_total(capsys):
    assert list(track(range(3), "Reading", total=10, step=4)) == [0, 1, 2]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Reading" in shown.err
    assert "10/10" in shown.err


def test_an_error_goes_through():
    def broken():
        yield 1
        raise OSError("torn")

    with pytest.raises(OSError, match="torn"):
        list(track(broken(), "Reading", total=2))


def test_durations_are_in_the_unit_that_people_use():
    assert [duration(s) for s in (3.4, 99, 120, 7200)] == ["3 s", "99 s", "2 min", "2.0 h"]
