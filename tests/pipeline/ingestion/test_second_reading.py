"""Labels that a second reading changed."""

import pandas as pd
import pytest

from pipeline.artifacts.cases import Cases
from pipeline.ingestion.second_reading import apply_readings
from radbank.errors import RadbankError

CLASSES = ("no", "yes")


@pytest.fixture
def frame():
    return pd.DataFrame({"id": list("abcd"), "label": [0, 1, 0, 1]})


@pytest.fixture
def table(tmp_path):
    def write(*rows):
        path = tmp_path / "readings.csv"
        path.write_text("\n".join(["id,kind,reading,reader", *rows, ""]))
        return str(path)

    return write


def test_without_a_table_nothing_changes(frame):
    assert apply_readings(frame, CLASSES, None) == (frame, ())


def test_a_reading_is_the_label_and_the_given_one_is_kept(frame, table):
    path = table("a,suspect,yes,me", "b,control,yes,me", "elsewhere,suspect,no,")
    read, cautions = apply_readings(frame, CLASSES, path)
    assert read["label"].tolist() == [1, 1, 0, 1]
    assert Cases(read, CLASSES).given_labels.tolist() == [0, 1, 0, 1]
    assert read["read_again"].dropna().tolist() == ["suspect", "control"]
    assert cautions == (
        "A second reading changed the labels of 1 of the 2 images that were read again.",
    )


def test_a_table_of_other_images_or_that_empties_a_class_is_refused(frame, table):
    with pytest.raises(RadbankError, match="z first, but none that are here"):
        apply_readings(frame, CLASSES, table("z,suspect,yes,"))
    with pytest.raises(RadbankError, match="no image is left of class no"):
        apply_readings(frame, CLASSES, table("a,suspect,yes,", "c,suspect,yes,"))
