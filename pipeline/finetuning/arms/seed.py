"""The arm `finetune-seed`: the fine-tuning of the seed study, to the letter."""

from typing import ClassVar

from heads.hyperparameters import Count, Positive
from pipeline.finetuning.arms.base import Arm, plain
from pipeline.finetuning.arms.recipe import TrainingRecipe


class SeedArm(Arm):
    """All layers at once: Adam with L2 in the gradient, a warm-up and a decaying rate.

    Attributes
    ----------
    warmup_from, final_learning_rate
        The learning rate at the first and at the last step.
    checkpoint_every
        Epochs between those whose weights can be kept.
    auxiliary_loss
        Weight of the loss of the network's auxiliary classifier, where it has one; None: the
        classifier takes no part.

    References
    ----------
    Szegedy et al., Rethinking the Inception Architecture for Computer Vision, CVPR 2016 (the
    auxiliary classifier of Inception v3, which torchvision's reference weighs with 0.4).
    """

    name: ClassVar[str] = "finetune-seed"
    label: ClassVar[str] = "fine-tuning (seed)"

    warmup_from: Positive
    final_learning_rate: Positive
    checkpoint_every: Count
    auxiliary_loss: Positive | None

    def recipe(self, learning_rate: float) -> TrainingRecipe:
        """Return the study's recipe; the shape of the decay, one factor a step, is ours."""
        return TrainingRecipe(
            epochs=self.epochs,
            warmup_epochs=self.warmup_epochs,
            warmup_from=self.warmup_from,
            learning_rate=learning_rate,
            final_learning_rate=self.final_learning_rate,
            decay="exponential",
            optimiser="adam",
            weight_decay=self.weight_decay,
            keep_every=self.checkpoint_every,
            auxiliary_loss=self.auxiliary_loss,
        )

    def protocol(self, auc: str) -> str:
        """Say how the network is trained."""
        auxiliary = ""
        if self.auxiliary_loss is not None:
            auxiliary = (
                f" (and {plain(self.auxiliary_loss)} times that of the auxiliary classifier, where "
                "the network has one)"
            )
        return (
            f"all layers together for {self.length}; Adam on cross-entropy{auxiliary} with an L2 "
            "penalty of "
            f"{plain(self.weight_decay)}, the learning rate rising from {plain(self.warmup_from)} "
            f"to {self.rates} and then falling to {plain(self.final_learning_rate)}; of every "
            f"{self.checkpoint_every}th epoch and the last the weights with the highest {auc} on "
            "the validation split were kept"
        )
