from pathlib import Path

import pytest

from pipeline.ingestion.pseudonyms import hide_names, pseudonym, pseudonymise
from pipeline.layouts import get_layout
from pipeline.layouts.base import Entry, Listing
from pipeline.params import load_params

DATA = load_params(Path(__file__).resolve().parents[3] / "params.yaml").data
ENTRIES = [Entry("doe", "doe", "yes/doe.png", 1), Entry("roe", "doe", "no/roe.png", 0)]
LISTING = Listing(ENTRIES, ("no", "yes"))
UUID = "0004cfab-14fd-4e49-80ba-63a80b6bddd6"
GROUPED = {"root": "raw", "groups": "patients.csv", "group_pattern": None}
ALONE = {"root": "raw", "groups": None, "group_pattern": None}


def test_patients_stay_together_and_nothing_of_a_name_is_left():
    first, second = pseudonymise(LISTING).entries
    assert first.group == second.group
    assert len({first.id, second.id, first.group}) == 3
    assert "doe" not in first.id + first.group
    assert (first.label, first.path) == (1, "yes/doe.png")
    assert pseudonymise(LISTING).entries == [first, second]


def test_another_key_gives_other_pseudonyms(monkeypatch, tmp_path):
    before = pseudonymise(LISTING).entries
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path))
    assert pseudonymise(LISTING).entries[0].id != before[0].id


def hidden(listing, layout, **settings):
    data = DATA.model_copy(update={"layout": layout, "pseudonymise": "auto", **settings})
    return hide_names(listing, get_layout(layout), data)


@pytest.mark.parametrize("layout", ["folder", "manifest"])
def test_names_of_files_are_replaced(layout):
    assert hidden(LISTING, layout, **ALONE) == pseudonymise(LISTING)


@pytest.mark.parametrize(("layout", "case"), [("rsna", UUID), ("nih", "00000012_003")])
@pytest.mark.parametrize("source", ["groups", "group_pattern"])
def test_patients_that_a_user_names_are_replaced_in_every_layout(layout, case, source):
    listing = Listing([Entry(case, "Doe", "x.png", 0)], ("no", "yes"))
    (entry,) = hidden(listing, layout, **{**ALONE, source: "x"}).entries
    assert entry.id == case
    assert entry.group == pseudonymise(listing).entries[0].group
    assert hidden(listing, layout, **GROUPED, pseudonymise=False) == listing
    assert hidden(listing, layout, **GROUPED, pseudonymise=True) == pseudonymise(listing)


def test_the_synthetic_cohort_names_nobody():
    listing = Listing([Entry(UUID, "phantom-0001", "x.dcm", 0)], ("no", "yes"))
    assert hidden(listing, "rsna", **{**GROUPED, "root": "data/raw/demo"}) == listing


@pytest.mark.parametrize(
    ("layout", "own", "foreign"),
    [
        ("rsna", (UUID, UUID), ("4711", "4711")),
        ("nih", ("00000012_003", "12"), ("00000012_003", "Doe")),
        ("nih", ("00000012_003", "30805"), ("doe_1", "12")),
    ],
)
def test_names_unlike_the_published_ones_are_a_caution(layout, own, foreign):
    for names, expected in ((own, 0), (foreign, 1)):
        listing = Listing([Entry(*names, "x.png", 0)], ("no", "yes"))
        found = hidden(listing, layout, **ALONE)
        assert found.entries == listing.entries
        assert len(found.cautions) == expected
        assert not hidden(listing, layout, **ALONE, pseudonymise=False).cautions


def test_a_known_answer():
    # `printf 'id\\0doe' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00...00` (32 bytes)
    assert pseudonym(bytes(32), "id", "doe") == "8e036d08f5f80d791d4c"
