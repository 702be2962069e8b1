"""What the training loop is told: epochs, learning rates, optimiser, what is kept."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

BatchNorm: TypeAlias = Literal["train", "frozen"]


@dataclass(frozen=True, kw_only=True)
class TrainingRecipe:
    """How a network is trained, as numbers and names.

    Attributes
    ----------
    epochs, warmup_epochs
        Passes over the training images, and in how many of them the learning rate rises.
    warmup_from, learning_rate, final_learning_rate
        The rate at the first step, after the warm-up and at the last step.
    decay
        How the rate falls between the latter two: by one factor a step, or as half a cosine.
    optimiser
        "adam": with the weight decay as L2 in the gradient; "adamw": decoupled, and none on
        biases and normalisation.
    weight_decay
        Of the optimiser.
    first_layer_rate
        Learning rate of the first layer as a share of the last one's; between them it falls by
        one factor a layer.
    logistic_start
        Whether the output layer starts as a logistic regression on the untrained network's
        embeddings, instead of random.
    max_norm
        Largest norm of the gradient, beyond which it is shortened; None: as it is.
    ema_decay
        Decay a step of the exponential moving average of the weights, which is then what is
        validated and kept; None: the weights themselves.
    batch_norm
        Whether the statistics of batch normalisation follow the training images or stay.
    chosen_by
        What decides on validation which epoch is kept: the highest AUC, or the lowest loss.
    keep_every
        Epochs between those that can be kept; the last can always.
    patience
        Epochs without a better one before training stops; None: all epochs.
    auxiliary_loss
        Weight of the auxiliary classifier's loss, where the network has one; None: it takes no
        part.
    """

    epochs: int
    warmup_epochs: int
    warmup_from: float
    learning_rate: float
    final_learning_rate: float
    decay: Literal["exponential", "cosine"]
    optimiser: Literal["adam", "adamw"]
    weight_decay: float
    first_layer_rate: float = 1.0
    logistic_start: bool = False
    max_norm: float | None = None
    ema_decay: float | None = None
    batch_norm: BatchNorm = "train"
    chosen_by: Literal["auc", "loss"] = "auc"
    keep_every: int = 1
    patience: int | None = None
    auxiliary_loss: float | None = None
