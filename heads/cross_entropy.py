"""Cross-entropy loss in torch, binary and multinomial."""

import torch
from torch.nn import functional


def cross_entropy(
    logits: torch.Tensor, labels: torch.Tensor, weight_of: torch.Tensor | None = None
) -> torch.Tensor:
    """Return the mean cross-entropy of a batch, in nats.

    Parameters
    ----------
    logits
        Tensor of shape (n_images,), of the positive class (sigmoid); or of shape
        (n_images, n_classes) (softmax).
    labels
        Tensor of int64, shape (n_images,).
    weight_of
        Weight of each class, shape (n_classes,); None: every image weighs the same. The sum is
        divided by the number of images, not by the sum of their weights.
    """
    weight = None if weight_of is None else weight_of[labels]
    if logits.ndim == 1:
        return functional.binary_cross_entropy_with_logits(logits, labels.float(), weight=weight)
    losses = functional.cross_entropy(logits, labels, reduction="none")
    return (losses if weight is None else losses * weight).mean()
