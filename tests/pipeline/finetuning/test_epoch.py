import numpy as np
import pytest

from pipeline.finetuning.epoch import Epoch


def epoch(auc, loss):
    return Epoch(
        number=1,
        learning_rate=0.1,
        loss=0.5,
        validation_loss=loss,
        validation_auc=auc,
        validation_probabilities=np.empty(0),
    )


@pytest.mark.parametrize(
    ("better", "worse", "by"),
    [
        ((0.8, 0.9), (0.7, 0.1), "auc"),
        ((0.8, 0.4), (0.8, 0.5), "auc"),
        ((0.7, 0.1), (0.8, 0.9), "loss"),
        ((0.8, 0.4), (0.7, 0.4), "loss"),
    ],
)
def test_the_better_epoch_ranks_higher(better, worse, by):
    assert epoch(*better).rank(by) > epoch(*worse).rank(by)
