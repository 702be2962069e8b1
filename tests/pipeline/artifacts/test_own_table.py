import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifacts.own_table import read_own_table

NAMES = st.one_of(
    st.sampled_from(
        ["None", "NA", "N/A", "null", "nan", "NaN", "01", "1e5", "-", "True", " a", ""]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
)


@given(
    names=st.lists(NAMES, min_size=1, max_size=5),
    numbers=st.lists(st.floats(allow_infinity=False), min_size=5, max_size=5),
)
def test_text_and_numbers_come_back_as_they_were(names, numbers, tmp_path_factory):
    table = pd.DataFrame({"class": names, "value": numbers[: len(names)], "n": range(len(names))})
    path = tmp_path_factory.mktemp("table") / "table.csv"
    table.to_csv(path, index=False, lineterminator="\n")
    found = read_own_table(path, text=["class", "model"])
    assert found["class"].tolist() == names
    assert found["n"].tolist() == table["n"].tolist()
    pd.testing.assert_series_equal(found["value"], table["value"], check_dtype=False)


def test_a_number_that_is_none_is_an_error(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("class,value\na,b\n")
    with pytest.raises(ValueError, match="b"):
        read_own_table(path, text=["class"])
