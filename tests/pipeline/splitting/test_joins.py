import pytest

from pipeline.splitting.joins import read_joins
from radbank.errors import RadbankError

IDS = ["a", "b", "c"]


def test_rows_of_leaks_csv_can_be_copied_as_they_are(tmp_path):
    path = tmp_path / "joins.csv"
    path.write_text(
        "kind,id_a,id_b,similarity\nnear duplicate,a,c,0.8\nnear duplicate,c,gone,0.8\n"
    )
    assert read_joins(path, IDS) == ([(0, 2)], 1)


def test_a_header_alone_joins_nothing(tmp_path):
    (tmp_path / "joins.csv").write_text("id_a,id_b\n")
    assert read_joins(tmp_path / "joins.csv", IDS) == ([], 0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"There is no .*joins\.csv"),
        ("a,b\na,b\n", "no column id_a, id_b"),
        ("id_a,id_b\nx,y\n", "x and y first, but none of images"),
    ],
)
def test_joins_that_do_not_do(tmp_path, content, message):
    if content is not None:
        (tmp_path / "joins.csv").write_text(content)
    with pytest.raises(RadbankError, match=message):
        read_joins(tmp_path / "joins.csv", IDS)
