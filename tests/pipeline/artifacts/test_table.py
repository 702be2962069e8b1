import os

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
        ("a.csv", b'id,n\n"a,1\n', "cannot be read as a CSV in UTF-8"),
        ("a.csv", b"id,n\na,1\nb,2,3,4\n", "has 4 cells in row 2 and 2 in its header"),
        ("a.csv", b"id,n\na,1,2\nb,2,3\n", "has 3 cells in row 1 and 2 in its header"),
        ("a.csv", b"ids;m\na;1\n", "has no column id, n: is it 'ids'"),
        ("a.csv", b"Id,ID,n\na,b,1\n", "two columns id in other case"),
        ("a.csv", b"\n\n", "is empty"),
        ("a.parquet", b"PAR1 not at all", "cannot be read as a parquet file"),
    ],
)
def test_tables_that_are_none(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(RadbankError, match=message):
        read_table(tmp_path / name, ["id", "n"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_encodings_and_ends_of_lines(tmp_path, encoding, separator, end):
    rows = [["id", "n", "note"], ["\u00e4", "1", "x"], ["b", "2", 'say "y"']]
    text = end.join(separator.join(row) for row in rows)
    (tmp_path / "a.csv").write_bytes((text + end).encode(encoding))
    table = read_table(tmp_path / "a.csv", ["id", "n"])
    assert table.to_numpy().tolist() == rows[1:]


def test_decimal_commas_stay_in_their_cells(tmp_path):
    (tmp_path / "a.csv").write_text("id;n, of all\na;50,5\n")
    assert read_table(tmp_path / "a.csv", ["id"])["n, of all"].tolist() == ["50,5"]


def test_headers_may_have_another_case_and_blanks(tmp_path):
    (tmp_path / "a.csv").write_text(" ID, N ,Age,other\na,1,2,3\n")
    table = read_table(tmp_path / "a.csv", ["id", "n"], ["age"])
    assert list(table.columns) == ["id", "n", "age", "other"]


def test_cleared_rows_are_left_out_and_counted(tmp_path):
    (tmp_path / "a.csv").write_text("id,n\na,1\n,\n , \n\nb,2,,\n")
    table = read_table(tmp_path / "a.csv")
    assert table["id"].tolist() == ["a", "b"]
    assert table.index.tolist() == [0, 3]


def test_columns_without_a_name_and_of_one_name(tmp_path):
    (tmp_path / "a.csv").write_text(",id,id,\n0,a,b,c\n")
    names = ["Unnamed: 0", "id", "id.1", "Unnamed: 3"]
    assert list(read_table(tmp_path / "a.csv").columns) == names


def test_a_pipe_is_no_table(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(RadbankError, match="is no regular file"):
        read_table(tmp_path / "a.csv")


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(RadbankError, match="is a folder"):
        read_table(tmp_path)
