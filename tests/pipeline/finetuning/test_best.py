import numpy as np
import pytest
import torch

from pipeline.finetuning.best import with_best
from pipeline.finetuning.loop import Epoch


def train(network, outcomes):
    """Yield epochs of given (AUC, loss) while the network's bias counts them."""
    for number, (auc, loss) in enumerate(outcomes, start=1):
        with torch.no_grad():
            network.classify.bias.fill_(number)
        yield Epoch(
            number=number,
            learning_rate=0.1,
            loss=0.5,
            validation_loss=loss,
            validation_auc=auc,
            validation_probabilities=np.array([0.1, 0.9]),
        )


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([(0.6, 0.9), (0.8, 0.9), (0.7, 0.1)], [1, 2, 2]),  # AUC decides
        ([(0.8, 0.5), (0.8, 0.4), (0.8, 0.6)], [1, 2, 2]),  # then the loss
        ([(0.8, 0.5), (0.8, 0.5)], [1, 1]),  # then who came first
    ],
)
def test_the_best_epoch_keeps_its_weights(network, outcomes, expected):
    for (epoch, best), number in zip(
        with_best(train(network, outcomes), network), expected, strict=True
    ):
        assert best.epoch.number == number <= epoch.number
        assert best.state["classify.bias"].tolist() == [number, number]
