"""The table of readings."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifacts.readings import read_readings, write_readings
from radbank.errors import RadbankError

CLASSES = ("no", "yes")
IDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


@given(st.lists(IDS, unique=True, max_size=5))
def test_what_is_written_is_read(tmp_path_factory, ids):
    path = tmp_path_factory.mktemp("readings") / "readings.csv"
    table = pd.DataFrame({"id": ids, "kind": "suspect", "reading": "yes", "reader": "=A1"})
    write_readings(path, table)
    read = read_readings(path, CLASSES)
    assert read.values.tolist() == table.sort_values("id").values.tolist()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,suspect,maybe,", "reading 'maybe' of image a: it must be one of no, yes"),
        ("a,other,yes,", "kind 'other' of image a: it must be one of suspect, control"),
        ("a,suspect,yes,\na,control,yes,", "has image a twice: keep one reading"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, rows, said):
    path = tmp_path / "readings.csv"
    path.write_text(f"id,kind,reading,reader\n{rows}\n")
    with pytest.raises(RadbankError, match=said):
        read_readings(path, CLASSES)
