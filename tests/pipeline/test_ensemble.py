import json
from pathlib import Path

import numpy as np
import pytest

from heads import load_head
from pipeline import ensemble, paths, train
from pipeline.artifacts.cost import Cost
from pipeline.artifacts.document import read_document
from pipeline.artifacts.predictions import read_predictions
from pipeline.artifacts.trained_model import TrainedModel
from radbank.errors import RadbankError

MEMBERS = ("logistic_regression", "lightgbm", "mlp")


@pytest.fixture
def trained(cached):
    rng = np.random.default_rng(0)
    labels = np.arange(160) // 2 % 2
    embeddings = rng.normal(size=(160, 2, 6)) + labels[:, None, None]
    cached(labels, embeddings)
    for name in MEMBERS:
        train.main([name])
    return embeddings.astype(np.float32)


def test_the_stage_writes_what_a_head_writes(trained, capsys):
    ensemble.main()
    model = TrainedModel.read(Path("models/ensemble"))
    assert (model.kind, model.name, model.views) == ("head", "ensemble", 0)
    frame = read_predictions("predictions/ensemble.csv").frame
    said = load_head("ensemble", Path("models/ensemble")).predict_views(trained)[:, 1]
    np.testing.assert_array_equal(frame["probability"], said[:, 0])
    np.testing.assert_allclose(frame["probability_averaged"], said.mean(axis=1))
    metrics = json.loads(Path("metrics/ensemble.json").read_text())
    assert set(metrics["chosen"]) == set(MEMBERS)
    cost, *spent = (read_document(Cost, paths.cost(name)) for name in ("ensemble", *MEMBERS))
    assert cost.to_train.seconds > sum(each.to_train.seconds for each in spent)
    assert cost.parameters == sum(each.parameters for each in spent) + 2 * len(MEMBERS)
    assert cost.training.plain == spent[0].training.plain
    assert "ensemble on efficientnet_lite0" in capsys.readouterr().out


def test_averaging_views_is_kept_with_the_model(trained):
    text = Path("params.yaml").read_text()
    Path("params.yaml").write_text(text.replace("average_views: false", "average_views: true"))
    for name in MEMBERS:
        train.main([name])
    ensemble.main()
    for name in (*MEMBERS, "ensemble"):
        assert TrainedModel.read(paths.model(name)).views == 1
        frame = read_predictions(paths.predictions(name)).frame
        np.testing.assert_array_equal(frame["probability"], frame["probability_averaged"])


def test_a_member_that_was_not_trained_is_named(cached):
    labels = np.arange(160) // 2 % 2
    cached(labels, np.random.default_rng(0).normal(size=(160, 1, 6)))
    with pytest.raises(RadbankError, match="models/heads/logistic_regression"):
        ensemble.main()
