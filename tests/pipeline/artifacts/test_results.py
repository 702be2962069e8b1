"""What evaluate writes is what the report reads."""

import json

import pytest

from pipeline.artifacts.document import Document, read_document, write_document
from pipeline.artifacts.results import Counted, Estimate, ModelMetrics
from radbank.errors import RadbankError

HALF = Estimate(value=0.5, low=0.4, high=0.6)


def test_metrics_are_written_beside_the_fields_and_read_again(tmp_path):
    found = ModelMetrics.of(
        {"auc": HALF, "my_metric": HALF}, threshold=None, degenerate_resamples=3
    )
    write_document(tmp_path / "model.json", found)
    content = json.loads((tmp_path / "model.json").read_text())
    assert list(content) == ["threshold", "degenerate_resamples", "auc", "my_metric"]
    again = read_document(ModelMetrics, tmp_path / "model.json")
    assert again == found
    assert again.estimate("my_metric") == again.auc == HALF
    assert again.estimate("unknown").value is None


def test_counts_are_of_the_positive_class_or_of_each(tmp_path):
    write_document(tmp_path / "counts.json", Counted(n_positive=3))
    assert json.loads((tmp_path / "counts.json").read_text()) == {"n_positive": 3}
    assert Counted(n_by_class={"a": 1, "b": 2, "c": 0}).counts == "1 a, 2 b, 0 c"
    with pytest.raises(ValueError, match="either n_positive or n_by_class"):
        Counted()


class Seconds(Document):
    seconds: float


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"no .*seconds\.json: run `dvc repro`"),
        ("{}", r"seconds\.json .*seconds: Field required"),
        ('{"seconds": "long"}', r"seconds\.json .*seconds: Input should be a valid number"),
        ("nothing", r"seconds\.json .*the file: Invalid JSON"),
    ],
)
def test_an_unusable_file_is_named(tmp_path, content, message):
    path = tmp_path / "seconds.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(RadbankError, match=message):
        read_document(Seconds, path)
