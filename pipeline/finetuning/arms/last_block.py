"""The arm `last-block`: the last blocks and the output layer, trained from banked activations."""

from typing import Annotated, ClassVar

from pydantic import Field

from heads.hyperparameters import Count, Positive
from pipeline.finetuning.arms.base import Arm, plain
from pipeline.finetuning.arms.recipe import BatchNorm, TrainingRecipe


class LastBlockArm(Arm):
    """Fine-tuning at the price of a probe: the layers below the last blocks run once an image.

    Attributes
    ----------
    blocks
        How many blocks of the network are trained, with all that follows them.
    views
        Augmented views of each training image beside the plain one; one of all is drawn for each
        image and epoch.
    max_norm
        Largest norm of the gradient.
    ema_decay
        Decay a step of the moving average of the weights.
    batch_norm
        Whether the statistics of batch normalisation in the trained blocks follow the training
        images or stay.
    patience
        Epochs without a lower loss on validation before training stops.
    """

    name: ClassVar[str] = "last-block"
    label: ClassVar[str] = "last blocks fine-tuned"

    blocks: Count
    views: Annotated[int, Field(ge=0)]
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
        blocks = "block" if self.blocks == 1 else f"{self.blocks} blocks"
        views = "view" if self.views == 1 else "views"
        return (
            f"only the last {blocks} of the network and the output layer, from activations "
            f"before them that were computed once of each training image and of {self.views} "
            f"altered {views} of it, of which one was drawn for each image and epoch; the output "
            "layer first, as a logistic regression on the embeddings of the untrained network, "
            f"then both for at most {self.length}; AdamW on cross-entropy with a weight decay of "
            f"{plain(self.weight_decay)} on all but biases and normalisation, the learning rate "
            f"rising to {self.rates} and falling to zero as half a cosine; gradients clipped to a "
            f"norm of {plain(self.max_norm)}; the statistics of batch normalisation {statistics}; "
            f"the moving average of the weights (decay {plain(self.ema_decay)}) of the epoch with "
            "the lowest loss on the validation split was kept, and training stopped after "
            f"{self.patience} epochs without a lower one"
        )
