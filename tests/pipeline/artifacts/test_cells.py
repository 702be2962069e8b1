import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifacts.cells import guard, restore, to_csv
from pipeline.artifacts.own_table import read_own_table
from pipeline.artifacts.predictions import Predictions, read_predictions, write_predictions
from pipeline.artifacts.quarantine import Rejected, write_quarantine
from pipeline.artifacts.splits import read_splits

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_formula_is_left(text):
    assert guard(text)[0] == "'"
    assert guard(text)[1:] == text


@pytest.mark.parametrize("text", ["plain", "a=b", "'quoted'", "", "1-2"])
def test_other_texts_stay(text):
    assert guard(text) == restore(text) == text


@given(st.text(alphabet="'=+-@\t\ra1") | st.text())
def test_a_guarded_text_is_read_back(text):
    assert restore(guard(text)) == text
    assert guard(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_own_tables_are_read_back_and_numbers_stay_numbers(tmp_path):
    table = pd.DataFrame({"model": FORMULAS, "auc": [-0.5] * len(FORMULAS), "known": True})
    path = tmp_path / "a.csv"
    path.write_text(to_csv(table), newline="")
    assert path.read_text().splitlines()[1] == "'=1+1,-0.5,True"
    read = read_own_table(path, text=("model", "known"), stage="evaluate")
    assert read["model"].tolist() == FORMULAS
    assert read["auc"].tolist() == [-0.5] * len(FORMULAS)


def test_predictions_splits_and_the_quarantine_are_guarded(tmp_path):
    n = len(FORMULAS)
    cases = pd.DataFrame({"id": FORMULAS, "group": FORMULAS, "split": "test"})
    frame = cases.assign(label=[i % 2 for i in range(n)], probability=0.5)
    frame = frame[["id", "group", "label", "split", "probability"]]
    write_predictions(
        tmp_path / "p.csv", Predictions(frame=frame, provenance={"classes": ["a", "b"]})
    )
    (tmp_path / "s.csv").write_text(to_csv(cases.assign(fold=-1)), newline="")
    write_quarantine(tmp_path / "q.csv", [Rejected(name, "empty") for name in FORMULAS])
    for name in "psq":
        _, *rows = csv.reader(
            io.StringIO((tmp_path / f"{name}.csv").read_text().partition("\n")[2])
        )
        assert all(row[0].startswith("'") for row in rows if row[0] != "id")
    assert set(read_predictions(tmp_path / "p.csv").frame["id"]) == set(FORMULAS)
    assert set(read_predictions(tmp_path / "p.csv").frame["group"]) == set(FORMULAS)
    assert read_splits(tmp_path / "s.csv")["id"].tolist() == FORMULAS
    read = read_own_table(tmp_path / "q.csv", text=("path", "reason"), stage="ingest")
    assert set(read["path"]) == set(FORMULAS)
