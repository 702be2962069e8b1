"""The output layer as a logistic regression on the embeddings of the untrained network."""

from dataclasses import replace

import numpy as np
import torch

from heads.class_weights import ClassWeight
from heads.examples import Examples
from heads.logistic_regression import LogisticRegression
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.processes.group import ALONE, ProcessGroup
from pipeline.finetuning.scoring import BATCH, all_embeddings, embeddings
from radbank.meter import Meter, Spent

_WITHOUT_CHOICE = 0.01
"""Inverse penalty where there are too few patients to choose it."""


def start_from_logistic(
    network: FineTunedNetwork,
    images: LabelledImages,
    folds: np.ndarray,
    *,
    class_weight: ClassWeight,
    seed: int,
    group: ProcessGroup = ALONE,
) -> Spent:
    """Replace the output layer's weights; return what that took, apart from start-up.

    The penalty is chosen by patient-grouped cross-validation, as the head `logistic_regression`
    does, unless all images of a class are in one fold; its scaler is folded into the weights.

    Parameters
    ----------
    network
        Changed in place.
    images
        Of the training split.
    folds
        The patient-grouped fold of each, int64 of shape (n_images,).
    class_weight
        As of the heads.
    seed
        Of the head.
    group
        The processes that share the embedding; each fits the head.

    References
    ----------
    Kumar et al., Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution,
    ICLR 2022.
    """
    LogisticRegression.import_for_fitting()
    list(embeddings(network, images[:BATCH]))  # the first batch pays for start-up
    meter = Meter(network.device.type)
    found = all_embeddings(network, images, group).astype(np.float32)
    examples = Examples(
        embeddings=found[:, np.newaxis], labels=images.labels, groups=folds, folds=folds
    )
    head = LogisticRegression(class_weight=class_weight, seed=seed)
    if any(len(set(folds[images.labels == label])) == 1 for label in set(images.labels)):
        head = replace(head, C=[_WITHOUT_CHOICE])
    head.fit(examples, examples)
    learned = head.arrays_
    weight = learned["coefficients"] / learned["scale"]
    bias = learned["intercepts"] - weight @ learned["mean"]
    with torch.no_grad():
        network.classify.weight.copy_(torch.from_numpy(weight))
        network.classify.bias.copy_(torch.from_numpy(bias))
    return meter.lap()
