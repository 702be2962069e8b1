"""The training loop: one pass over the training images an epoch, then the validation images."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.metrics import log_loss, roc_auc_score
from torch.nn import functional

from features.augmentation import apply_views, draw_views
from pipeline.finetuning.batches import batches
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.schedule import Schedule
from pipeline.finetuning.scoring import probabilities
from pipeline.params import Finetune
from radbank.errors import RadbankError
from radbank.progress import track


@dataclass(frozen=True, eq=False)
class Epoch:
    """What an epoch came to.

    Attributes
    ----------
    number
        Counted from 1.
    learning_rate
        Of the epoch's last step.
    loss
        Mean cross-entropy of the augmented training images, in nats, while they were trained on.
    validation_loss, validation_auc
        Of the plain validation images, after the epoch; of more than two classes the mean of each
        one's AUC against the rest.
    validation_probabilities
        ndarray of float64, shape (n_validation, n_classes), after the epoch.
    """

    number: int
    learning_rate: float
    loss: float
    validation_loss: float
    validation_auc: float
    validation_probabilities: np.ndarray


def fine_tune(
    network: FineTunedNetwork,
    training: LabelledImages,
    validation: LabelledImages,
    *,
    settings: Finetune,
    seed: int,
) -> Iterator[Epoch]:
    """Train all layers of a network, and yield after every epoch.

    Protocol of the seed study: Adam with L2 regularisation in the gradient, cross-entropy
    without class weights, a warm-up and a decay of the learning rate
    (:class:`~pipeline.finetuning.schedule.Schedule`), and every training image augmented anew
    each epoch by a random flip, crop, scale and rotation.

    Parameters
    ----------
    network
        Trained in place, on the device it is on.
    training, validation
        Both with images of every class.
    settings
        The block `finetune` of params.yaml.
    seed
        Of the order of the images, their augmentation and dropout. The same seed on the same
        machine gives the same weights to the last bit on a CPU.

    Yields
    ------
    Epoch
        With the network as it is after that epoch, in evaluation mode.

    Raises
    ------
    RadbankError
        If the training diverges, or the warm-up takes all epochs.
    """
    cuts = batches(len(training), settings.batch_size)
    schedule = Schedule(
        steps=len(cuts) * settings.epochs,
        warmup_steps=len(cuts) * settings.warmup_epochs,
        warmup_from=settings.warmup_from,
        learning_rate=settings.learning_rate,
        final_learning_rate=settings.final_learning_rate,
    )
    optimiser = torch.optim.Adam(network.parameters(), weight_decay=settings.weight_decay)
    for step in track(range(schedule.steps), "fine-tune", total=schedule.steps, unit="steps"):
        epoch, batch = divmod(step, len(cuts))
        if batch == 0:
            generator = np.random.default_rng([seed, epoch])
            order = generator.permutation(len(training))
            losses = np.empty(len(training))
            network.train()
        chosen = order[cuts[batch]]
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate(step)
        plain = torch.from_numpy(training[chosen]).to(network.device)
        pixels = apply_views(plain, draw_views(len(chosen), generator))
        # dropout draws from torch's global generators only
        with torch.random.fork_rng([network.device] if network.device.type == "cuda" else []):
            torch.manual_seed(int(generator.integers(2**63)))
            losses[cuts[batch]] = _step(network, optimiser, pixels, training.labels[chosen])
        if batch == len(cuts) - 1:
            scores = _validate(network, validation)
            loss, auc = _judge(validation.labels, scores)
            yield Epoch(
                number=epoch + 1,
                learning_rate=schedule.rate(step),
                loss=float(losses.mean()),
                validation_loss=loss,
                validation_auc=auc,
                validation_probabilities=scores,
            )


def _step(
    network: FineTunedNetwork,
    optimiser: torch.optim.Optimizer,
    pixels: torch.Tensor,
    labels: np.ndarray,
) -> float:
    """Take one step of the optimiser and return the batch's mean loss before it."""
    logits = network(network.preprocessing(pixels))
    loss = functional.cross_entropy(logits, torch.from_numpy(labels).to(network.device))
    optimiser.zero_grad()
    torch.autograd.backward(loss)
    optimiser.step()
    return loss.item()


def _judge(labels: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Return the cross-entropy and the AUC of probabilities of shape (n_images, n_classes)."""
    classes = range(scores.shape[1])
    predicted = scores[:, 1] if len(classes) == 2 else scores
    loss = log_loss(labels, predicted, labels=classes)
    return float(loss), float(roc_auc_score(labels, predicted, multi_class="ovr"))


def _validate(network: FineTunedNetwork, validation: LabelledImages) -> np.ndarray:
    """Return the validation images' probabilities, or say that the training diverged."""
    scores = np.concatenate(list(probabilities(network, validation)))
    if not np.isfinite(scores).all():
        raise RadbankError(
            "Fine-tuning diverged (the network's outputs are no longer numbers): lower "
            "finetune.learning_rate in params.yaml."
        )
    return scores
