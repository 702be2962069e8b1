import numpy as np
import pytest

from features.bank.blobs import Blobs
from pipeline.health.bank import check_bank


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "far" / "bank"))
    return tmp_path / "far" / "bank"


def test_the_place_and_what_is_there(place):
    check = check_bank()
    assert (check.status, check.finding) == ("ok", f"{place}, 0 B")
    assert not place.parent.exists()
    Blobs(str(place)).write("a", bytes(np.arange(1500, dtype=np.uint8)))
    assert check_bank().finding == f"{place}, 1.46 kiB"


def test_a_place_that_cannot_be_one(place, monkeypatch):
    place.parent.write_text("a file where a folder should be")
    check = check_bank()
    assert check.status == "fail"
    assert "cannot be written: make it writable, or set RADBANK_BANK" in check.finding
    monkeypatch.setenv("RADBANK_BANK", "here")
    assert check_bank().status == "fail"
