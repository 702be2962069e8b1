from pathlib import Path

import pytest

from radbank.errors import RadbankError
from radbank.overwriting import check_output


def own(path):
    return path.is_file() and path.read_text() == "ours"


def test_what_radbank_wrote_and_what_is_new_may_be_written(tmp_path):
    (tmp_path / "ours.csv").write_text("ours")
    for name in ("ours.csv", "new.csv", "new/folder/new.csv"):
        check_output(tmp_path / name, "--output", wrote=own)


@pytest.mark.parametrize("name", ["thesis.txt", "results", ".", "..", "results/../thesis.txt"])
def test_a_strangers_file_or_folder_is_refused(tmp_path, monkeypatch, name):
    (tmp_path / "results").mkdir()
    (tmp_path / "thesis.txt").write_text("three years")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RadbankError, match=r"--output is .*, which exists and is no output"):
        check_output(Path(name), "--output", wrote=own)


def test_a_path_below_a_file_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years")
    with pytest.raises(RadbankError, match=r"thesis\.txt is a file"):
        check_output(tmp_path / "thesis.txt" / "new" / "x.csv", "--output", wrote=own)
