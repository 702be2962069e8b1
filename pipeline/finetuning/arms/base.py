"""What an arm of fine-tuning declares: its settings, its name in reports and its recipe."""

from math import ceil
from typing import Annotated, ClassVar, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from heads.hyperparameters import Count, Positive
from pipeline.finetuning.arms.recipe import TrainingRecipe


def plain(value: float) -> str:
    """Write a number without an exponent, as in '0.000001'."""
    return np.format_float_positional(value, trim="-")


class Arm(BaseModel):
    """One way to fine-tune: its fields are what its block in params.yaml holds.

    Attributes
    ----------
    name
        Of its block.
    label
        In reports, inside a sentence.
    epochs
        Passes over the training images, at most.
    warmup_epochs
        How many of them the learning rate rises in; fewer than `epochs`.
    learning_rate
        Rates to choose from on validation.
    weight_decay
        Of the optimiser.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: ClassVar[str]
    label: ClassVar[str]

    epochs: Count
    warmup_epochs: Annotated[int, Field(ge=0)]
    learning_rate: Annotated[list[Positive], Field(min_length=1)]
    weight_decay: Annotated[float, Field(ge=0)]

    def shortened(self, epochs: int) -> Self:
        """Return this arm with at most so many epochs, the same share of them warm-up, one rate."""
        kept = min(self.epochs, epochs)
        warmup = min(ceil(self.warmup_epochs * kept / self.epochs), kept - 1)
        first = self.learning_rate[:1]
        return self.model_copy(
            update={"epochs": kept, "warmup_epochs": warmup, "learning_rate": first}
        )

    def recipe(self, learning_rate: float) -> TrainingRecipe:
        """Return what the training loop is told, at one of the learning rates.

        Each arm defines it.
        """
        raise NotImplementedError

    def protocol(self, auc: str) -> str:
        """Say in a sentence how the network is trained, for a methods section.

        Parameters
        ----------
        auc
            What the AUC is called inside a sentence.
        """
        raise NotImplementedError

    @property
    def length(self) -> str:
        """Epochs and warm-up in words."""
        epochs = "epoch" if self.warmup_epochs == 1 else "epochs"
        return f"{self.epochs} epochs with a warm-up of {self.warmup_epochs} {epochs}"

    @property
    def rates(self) -> str:
        """The learning rates in words."""
        return " or ".join(plain(rate) for rate in self.learning_rate)
