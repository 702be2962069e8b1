"""Heads that do not fit the embeddings they are given."""

from types import SimpleNamespace

import numpy as np
import pytest

from heads import HEADS, get_head, load_head
from heads.ensemble import Ensemble
from heads.examples import Examples
from pipeline.prediction.model import probabilities_of
from radbank.errors import RadbankError

QUICK = {"lightgbm": {"max_rounds": 5}, "mlp": {"max_epochs": 2}, "linear_probe": {"epochs": 2}}
MODEL = SimpleNamespace(classes=("normal", "pneumonia"), views=0, backbone="resnet50")


@pytest.fixture(scope="module")
def heads():
    """Return every head and their ensemble, fitted on six features."""
    labels = np.arange(80) % 2
    embeddings = np.random.default_rng(0).standard_normal((80, 1, 6), np.float32)
    embeddings[labels == 1] += 1
    groups, folds = np.arange(80).astype(str), np.arange(80) // 2 % 3
    examples = Examples(embeddings=embeddings, labels=labels, groups=groups, folds=folds)
    fitted = {
        name: get_head(name)(seed=0, **QUICK.get(name, {})).fit(examples, examples)
        for name in HEADS.built_in
    }
    return {**fitted, "ensemble": Ensemble.of(fitted, examples)}


@pytest.mark.parametrize("name", [*HEADS.built_in, "ensemble"])
@pytest.mark.parametrize("width", [5, 7])
def test_embeddings_of_another_width_are_one_sentence(heads, tmp_path, name, width):
    heads[name].save(tmp_path)
    head = load_head(name, tmp_path)
    right = probabilities_of(tmp_path, MODEL, head, np.zeros((2, 1, 6), np.float32))
    assert right.shape == (2, 2)
    with pytest.raises(RadbankError, match="and the embeddings of resnet50 do not fit together"):
        probabilities_of(tmp_path, MODEL, head, np.zeros((2, 1, width), np.float32))
