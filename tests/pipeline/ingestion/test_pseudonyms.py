from pipeline.ingestion.pseudonyms import pseudonym, pseudonymise
from pipeline.layouts.base import Entry

ENTRIES = [Entry("doe", "doe", "yes/doe.png", 1), Entry("roe", "doe", "no/roe.png", 0)]


def test_patients_stay_together_and_nothing_of_a_name_is_left():
    first, second = pseudonymise(ENTRIES)
    assert first.group == second.group
    assert len({first.id, second.id, first.group}) == 3
    assert "doe" not in first.id + first.group
    assert (first.label, first.path) == (1, "yes/doe.png")
    assert pseudonymise(ENTRIES) == [first, second]


def test_another_key_gives_other_pseudonyms(monkeypatch, tmp_path):
    before = pseudonymise(ENTRIES)
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path))
    assert pseudonymise(ENTRIES)[0].id != before[0].id


def test_a_known_answer():
    # `printf 'id\\0doe' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00...00` (32 bytes)
    assert pseudonym(bytes(32), "id", "doe") == "8e036d08f5f80d791d4c"
