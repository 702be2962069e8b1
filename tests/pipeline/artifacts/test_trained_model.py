import dataclasses
import json

import pytest

from pipeline.artifacts.trained_model import TrainedModel
from radbank.errors import RadbankError


@pytest.fixture
def model():
    return TrainedModel(
        kind="head",
        name="mlp",
        backbone="resnet50",
        weights_name="random",
        weights_sha256="0" * 64,
        weights_random=True,
        preprocessing={"input_size": 224, "mean": [0.5, 0.5, 0.5]},
        image_size=320,
        layers=("penultimate",),
        precision="fp32",
        engine="eager",
        device="cpu",
        batch_size=16,
        seed=42,
        classes=("normal", "pneumonia"),
        threshold=0.41,
        synthetic=False,
        n_train=120,
    )


def test_what_is_written_is_read_back(model, tmp_path):
    model.write(tmp_path)
    assert TrainedModel.read(tmp_path) == model


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 0.5},
        {"classes": ["pneumonia", "normal"]},
        {"files": {}},
        {"sha256": "0" * 64},
        {"sha256": None},
    ],
)
def test_a_value_altered_afterwards_is_noticed(model, tmp_path, changes):
    (tmp_path / "head.json").write_text("{}")
    model.write(tmp_path)
    content = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps(content | changes))
    with pytest.raises(RadbankError, match="does not hold what radbank wrote there"):
        TrainedModel.read(tmp_path)


def test_a_file_altered_afterwards_is_named(model, tmp_path):
    part = tmp_path / "members" / "mlp"
    part.mkdir(parents=True)
    (part / "head.json").write_text("{}")
    model.write(tmp_path)
    assert TrainedModel.read(tmp_path) == model
    (part / "head.json").write_text("{ }")
    with pytest.raises(RadbankError, match=r"members/mlp/head.json was altered since"):
        TrainedModel.read(tmp_path)


def test_provenance_is_what_predictions_carry(model):
    assert model.provenance == {
        "backbone": "resnet50",
        "weights": "random",
        "weights_random": True,
        "synthetic": False,
        "classes": ["normal", "pneumonia"],
    }


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(RadbankError, match=r"no trained model in .*models/heads/mlp"):
        TrainedModel.read(tmp_path)


def test_a_file_instead_of_a_folder_is_refused(tmp_path):
    (tmp_path / "weights.pt").touch()
    with pytest.raises(RadbankError, match="no trained model in"):
        TrainedModel.read(tmp_path / "weights.pt")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"threshold": "high"}, "threshold"),
        ({"kind": "forest"}, "kind"),
        ({"classes": ["one"]}, "classes"),
        ({"surplus": 1}, "surplus"),
        ({"image_size": 10**9}, "image_size"),
        ({"batch_size": 10**9}, "batch_size"),
        ({"views": 10**9}, "views"),
        ({"threshold": float("nan")}, "threshold"),
        ({"files": {"head.json": 1}}, "head.json"),
    ],
)
def test_a_file_of_another_shape_is_refused(model, tmp_path, changes, named):
    (tmp_path / "model.json").write_text(json.dumps(dataclasses.asdict(model) | changes))
    with pytest.raises(RadbankError, match=rf"not of this version of radbank \({named}"):
        TrainedModel.read(tmp_path)


def test_a_file_that_lacks_something_is_refused(model, tmp_path):
    content = dataclasses.asdict(model)
    del content["n_train"]
    (tmp_path / "model.json").write_text(json.dumps(content))
    with pytest.raises(RadbankError, match=r"\(n_train"):
        TrainedModel.read(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "1", '["a"]', "[" * 10**5, "\x00", '{"a": 1' + "0" * 10**4 + "}", "1" * 2**21],
)
def test_what_is_no_such_json_is_refused(tmp_path, text):
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(RadbankError, match="not of this version"):
        TrainedModel.read(tmp_path)
