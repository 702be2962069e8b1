"""The loss of training and of validation: cross-entropy, weighted by class."""

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch.nn import functional

from heads.class_weights import weighted_log_loss


def cross_entropy(logits: torch.Tensor, labels: np.ndarray, weight_of: np.ndarray) -> torch.Tensor:
    """Return the mean cross-entropy in nats, each image weighted by its class.

    Parameters
    ----------
    logits
        Shape (n_images, n_outputs): of two classes one output, the log odds of the positive one.
    labels
        Shape (n_images,).
    weight_of
        Weight of each class, shape (n_classes,).
    """
    target = torch.from_numpy(labels).to(logits.device)
    weights = torch.from_numpy(weight_of[labels]).to(logits.device, torch.float32)
    if logits.shape[1] == 1:
        each = functional.binary_cross_entropy_with_logits(
            logits[:, 0].float(), target.float(), reduction="none"
        )
    else:
        each = functional.cross_entropy(logits.float(), target, reduction="none")
    return (each * weights).mean()


def judge(labels: np.ndarray, scores: np.ndarray, weight_of: np.ndarray) -> tuple[float, float]:
    """Return the weighted cross-entropy and the AUC of scores of shape (n_images, n_classes)."""
    predicted = scores[:, 1] if scores.shape[1] == 2 else scores
    auc = roc_auc_score(labels, predicted, multi_class="ovr")
    return weighted_log_loss(scores, labels, weight_of), float(auc)
