import pandas as pd
import pytest

from pipeline.artifacts.table import read_table
from radbank.errors import RadbankError


def test_cells_are_text_and_empty_ones_empty(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\ufeffid,n\n007,\nx,NA\nshort\n", encoding="utf-8")
    assert read_table(path).to_dict("list") == {"id": ["007", "x", "short"], "n": ["", "NA", ""]}


def test_parquet_reads_as_a_csv_would(tmp_path):
    path = tmp_path / "a.parquet"
    frame = {"id": ["007", None], "n": [3.0, float("nan")], "labels": [["b", "a"], []]}
    pd.DataFrame(frame).to_parquet(path)
    assert read_table(path, ["id"]).to_dict("list") == {
        "id": ["007", ""],
        "n": ["3", ""],
        "labels": ["b|a", ""],
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", None, "There is no .*a.csv"),
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", "id,n\nä,1\n".encode("latin-1"), "cannot be read as a CSV in UTF-8"),
        ("a.csv", "id,n\na,1\n".encode("utf-16"), "cannot be read as a CSV in UTF-8"),
        ("a.csv", b'id,n\n"a,1\n', "cannot be read as a CSV in UTF-8"),
        ("a.csv", b"id,n\na,1\nb,2,3,4\n", "cannot be read as a CSV in UTF-8"),
        ("a.csv", b"id,n\na,1,2\nb,2,3\n", "rows with more cells than its header"),
        ("a.csv", b"id;n\na;1\n", "has no column id, n"),
        ("a.parquet", b"PAR1 not at all", "cannot be read as a parquet file"),
    ],
)
def test_tables_that_are_none(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(RadbankError, match=message):
        read_table(tmp_path / name, ["id", "n"])


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(RadbankError, match="is a folder"):
        read_table(tmp_path)
