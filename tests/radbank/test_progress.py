import pytest

from radbank.progress import track


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
