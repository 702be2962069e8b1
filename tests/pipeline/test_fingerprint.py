"""The stage fingerprint as DVC runs it; tests/pipeline/ingestion has its hash."""

from pathlib import Path

import pytest

from pipeline import fingerprint
from radbank.errors import RadbankError
from radbank.files import read_json


def test_the_stage_writes_a_hash_that_names_no_file(tmp_path, monkeypatch, changed_params):
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    table = tmp_path / "patients.csv"
    changed_params({"data": {"root": "raw", "groups": str(table)}})
    with pytest.raises(RadbankError, match=r"data\.root is raw, which is no folder"):
        fingerprint.main()
    Path("raw").mkdir()
    Path("raw/doe.png").write_bytes(b"x")
    written = []
    for content in ("id,group\n", "id,group\n", "id,group\na,b\n"):
        table.write_text(content)
        fingerprint.main()
        written.append(Path("data/fingerprint.json").read_bytes())
    assert written[0] == written[1] != written[2]
    assert read_json("data/fingerprint.json").keys() == {"files", "sha256"}
    assert b"doe" not in written[0]
