import numpy as np
import pytest

from pipeline.finetuning.resume import Resumable
from pipeline.finetuning.trainings import train_all
from tests.pipeline.finetuning.conftest import recipe


@pytest.fixture
def resumable():
    made = Resumable({"trainings": True})
    made.forget()
    yield made
    made.forget()


def test_the_rate_best_on_validation_is_trained_from_every_seed(start, resumable, capsys):
    made = []

    def make(rate, seed):
        made.append((rate, seed))
        return start(recipe(epochs=4, learning_rate=rate, final_learning_rate=rate / 10), seed)

    rates = [1e-9, 0.02]  # of which the first learns nothing
    found, rejected = train_all(make, rates, [3, 4, 5], resumable=resumable, auc="AUC")
    assert [(each.learning_rate, each.seed) for each in found] == [(0.02, 3), (0.02, 4), (0.02, 5)]
    assert [(each.learning_rate, each.seed) for each in rejected] == [(1e-9, 3)]
    assert set(made) == {(1e-9, 3), (0.02, 3), (0.02, 4), (0.02, 5)}
    assert all(len(each.history) == 4 for each in found)
    weights = [each.best.state["classify.weight"].numpy() for each in found]
    assert not np.array_equal(weights[0], weights[1])
    assert "epoch 4/4: loss" in capsys.readouterr().out
