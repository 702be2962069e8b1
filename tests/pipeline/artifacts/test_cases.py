import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.artifacts.cases import SCHEMA, read_cases, write_cases
from radbank.errors import RadbankError

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
ROW = st.fixed_dictionaries(
    {
        "group": TEXT,
        "path": TEXT,
        "label": st.integers(0, 1),
        "finding": st.none() | TEXT,
        "boxes": st.none() | st.lists(st.lists(st.floats(0, 2000), min_size=4, max_size=4)),
        "sex": st.sampled_from(["F", "M", None]),
        "age": st.none() | st.floats(0, 120),
        "view": st.sampled_from(["PA", "AP", None]),
        "modality": st.sampled_from(["CR", None]),
        "official_split": st.sampled_from(["train", "test", None]),
        "height": st.integers(1, 4000),
        "width": st.integers(1, 4000),
        "sha256": TEXT,
        "synthetic": st.booleans(),
    }
)


@settings(max_examples=40, deadline=None)
@given(rows=st.dictionaries(TEXT, ROW, min_size=1, max_size=5))
def test_round_trip(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("cases") / "cases.parquet"
    frame = pd.DataFrame([{"id": key, **row} for key, row in rows.items()], columns=SCHEMA.names)
    write_cases(path, frame, ("no", "yes"), ("Doubtful.",))
    cases = read_cases(path)
    assert cases.cautions == ("Doubtful.",)
    assert cases.classes == ("no", "yes")
    assert cases.synthetic == any(row["synthetic"] for row in rows.values())
    assert cases.frame["id"].tolist() == sorted(rows, key=lambda key: (rows[key]["sha256"], key))
    for row in cases.frame.to_dict("records"):
        for column, value in rows[row.pop("id")].items():
            assert row[column] == value or (value is None and pd.isna(row[column]))


def test_types_do_not_depend_on_the_values(tmp_path):
    row = dict.fromkeys(SCHEMA.names)
    row |= {"id": "a", "group": "a", "path": "a", "label": 0, "sha256": "", "synthetic": False}
    frame = pd.DataFrame([row | {"height": 1, "width": 1}])
    write_cases(tmp_path / "cases.parquet", frame, ("no", "yes"))
    types = read_cases(tmp_path / "cases.parquet").frame.dtypes
    assert types["age"] == np.float64
    assert types["label"] == types["height"] == np.int64
    assert types["synthetic"] == np.bool_


def test_repeated_ids_are_a_bug(tmp_path):
    frame = pd.DataFrame({name: [None, None] for name in SCHEMA.names})
    with pytest.raises(ValueError, match="repeat"):
        write_cases(tmp_path / "cases.parquet", frame, ("no", "yes"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_cases_file(tmp_path):
    path = tmp_path / "cases.parquet"
    with pytest.raises(RadbankError, match="There is no"):
        read_cases(path)
    path.write_bytes(b"hello")
    with pytest.raises(RadbankError, match="damaged"):
        read_cases(path)
    pd.DataFrame({"id": ["a"]}).to_parquet(path)
    with pytest.raises(RadbankError, match="no cases of schema"):
        read_cases(path)
