"""The arm `finetune-modern`: output layer first, then all layers, as one would fine-tune today."""

from typing import Annotated, ClassVar

from pydantic import Field

from heads.hyperparameters import Count, Positive
from pipeline.finetuning.arms.base import Arm, plain
from pipeline.finetuning.arms.recipe import BatchNorm, TrainingRecipe


class ModernArm(Arm):
    """A logistic regression on the frozen network first, then gentle steps of all layers.

    Attributes
    ----------
    first_layer_rate
        Learning rate of the first layer as a share of the last one's.
    max_norm
        Largest norm of the gradient.
    ema_decay
        Decay a step of the moving average of the weights.
    batch_norm
        Whether the statistics of batch normalisation follow the training images or stay.
    patience
        Epochs without a lower loss on validation before training stops.

    References
    ----------
    Kumar et al., Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution,
    ICLR 2022 (the output layer first); Howard and Ruder, Universal Language Model Fine-tuning for
    Text Classification, ACL 2018 (lower rates for lower layers); Loshchilov and Hutter, Decoupled
    Weight Decay Regularization, ICLR 2019 (AdamW); the same, SGDR, ICLR 2017 (cosine); Polyak and
    Juditsky, Acceleration of Stochastic Approximation by Averaging, SIAM J. Control Optim. 30,
    1992 (averaged weights).
    """

    name: ClassVar[str] = "finetune-modern"
    label: ClassVar[str] = "fine-tuning (modern)"

    first_layer_rate: Annotated[float, Field(gt=0, le=1)]
    max_norm: Positive
    ema_decay: Annotated[float, Field(ge=0, lt=1)]
    batch_norm: BatchNorm
    patience: Count

    def recipe(self, learning_rate: float) -> TrainingRecipe:
        """Return the recipe; the rate rises from a hundredth and falls to zero."""
        return TrainingRecipe(
            epochs=self.epochs,
            warmup_epochs=self.warmup_epochs,
            warmup_from=learning_rate / 100,
            learning_rate=learning_rate,
            final_learning_rate=0.0,
            decay="cosine",
            optimiser="adamw",
            weight_decay=self.weight_decay,
            first_layer_rate=self.first_layer_rate,
            logistic_start=True,
            max_norm=self.max_norm,
            ema_decay=self.ema_decay,
            batch_norm=self.batch_norm,
            chosen_by="loss",
            patience=self.patience,
        )

    def protocol(self, auc: str) -> str:  # noqa: ARG002 - the loss decides
        """Say how the network is trained."""
        statistics = {
            "frozen": "were kept as pretrained",
            "train": "followed the training images",
        }[self.batch_norm]
        return (
            "the output layer first, as a logistic regression on the embeddings of the untrained "
            f"network, then all layers for at most {self.length}; AdamW on cross-entropy with a "
            f"weight decay of {plain(self.weight_decay)} on all but biases and normalisation, the "
            f"learning rate rising to {self.rates} and falling to zero as half a cosine, that of "
            f"the first layer {plain(self.first_layer_rate)} of the last one's; gradients clipped "
            f"to a norm of {plain(self.max_norm)}; the statistics of batch normalisation "
            f"{statistics}; the moving average of the weights (decay {plain(self.ema_decay)}) of "
            "the epoch with the lowest loss on the validation split was kept, and training "
            f"stopped after {self.patience} epochs without a lower one"
        )
