import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss, roc_auc_score
from torch.nn import functional

from pipeline.finetuning.loss import cross_entropy, judge

LABELS = np.array([0, 1, 1, 0])
ONES = np.ones(2)


def test_one_output_is_the_log_odds_of_the_positive_class():
    logits = torch.tensor([[-1.0], [2.0], [0.5], [0.0]])
    both = torch.cat([torch.zeros_like(logits), logits], dim=1)
    expected = functional.cross_entropy(both, torch.from_numpy(LABELS))
    torch.testing.assert_close(cross_entropy(logits, LABELS, ONES), expected)


def test_classes_are_weighted():
    logits = torch.tensor([[-1.0], [2.0], [0.5], [0.0]])
    each = [cross_entropy(logits[i : i + 1], LABELS[i : i + 1], ONES) for i in range(4)]
    expected = (0.5 * each[0] + 2 * each[1] + 2 * each[2] + 0.5 * each[3]) / 4
    torch.testing.assert_close(cross_entropy(logits, LABELS, np.array([0.5, 2.0])), expected)


def test_several_classes_have_a_softmax():
    logits = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    labels = np.array([0, 1, 2, 1])
    expected = functional.cross_entropy(logits, torch.from_numpy(labels))
    torch.testing.assert_close(cross_entropy(logits, labels, np.ones(3)), expected)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_validation_is_judged_by_loss_and_auc(n_classes):
    rng = np.random.default_rng(0)
    labels = np.arange(30) % n_classes
    scores = rng.dirichlet(np.ones(n_classes), 30)
    loss, auc = judge(labels, scores, np.ones(n_classes))
    assert loss == pytest.approx(log_loss(labels, scores))
    shown = scores[:, 1] if n_classes == 2 else scores
    assert auc == pytest.approx(roc_auc_score(labels, shown, multi_class="ovr"))
