import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifacts.own_table import read_own_table
from radbank.errors import RadbankError

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
    found = read_own_table(path, text=["class", "model"], stage="evaluate")
    assert found["class"].tolist() == names
    assert found["n"].tolist() == table["n"].tolist()
    pd.testing.assert_series_equal(found["value"], table["value"], check_dtype=False)


@pytest.mark.parametrize("content", ["class,value\na,b\n", "", b"class\n\xff\n", "a\n1,2\n3,4,5\n"])
def test_what_is_no_such_table_is_one_sentence(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(RadbankError, match=r"table\.csv is no table .* run `dvc repro evaluate`"):
        read_own_table(path, text=["class"], stage="evaluate")
    path.unlink()
    with pytest.raises(RadbankError, match=r"There is no .*table\.csv: run `dvc repro evaluate`"):
        read_own_table(path, text=["class"], stage="evaluate")
