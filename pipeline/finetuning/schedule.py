"""The learning rate of fine-tuning: a linear warm-up, then an exponential decay."""

from dataclasses import dataclass

from radbank.errors import RadbankError


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Learning rate by optimiser step.

    During the warm-up the rate grows by equal amounts from `warmup_from`; after it, it shrinks
    by one factor a step from `learning_rate`, so that the last step runs at
    `final_learning_rate`:

        rate(s) = learning_rate * (final_learning_rate / learning_rate) ** ((s - w) / (n - 1 - w))

    with n the number of steps and w of those in the warm-up. The seed study gives the three
    rates and not the shape; one factor a step is ours.

    Attributes
    ----------
    steps
        Number of optimiser steps of the whole training.
    warmup_steps
        How many of them belong to the warm-up, fewer than `steps`.
    warmup_from
        Rate of the first step of the warm-up.
    learning_rate
        Rate of the first step after the warm-up, the highest.
    final_learning_rate
        Rate of the last step.

    Raises
    ------
    RadbankError
        If the warm-up leaves no step to train at the full rate.
    """

    steps: int
    warmup_steps: int
    warmup_from: float
    learning_rate: float
    final_learning_rate: float

    def __post_init__(self) -> None:
        if self.warmup_steps >= self.steps:
            raise RadbankError(
                "finetune.warmup_epochs must be less than finetune.epochs: all of the training "
                "would be warm-up."
            )

    def rate(self, step: int) -> float:
        """Return the rate of a step, counted from 0."""
        if step < self.warmup_steps:
            rise = self.learning_rate - self.warmup_from
            return self.warmup_from + rise * step / self.warmup_steps
        decay_steps = self.steps - 1 - self.warmup_steps
        done = (step - self.warmup_steps) / decay_steps if decay_steps else 0.0
        return float(self.learning_rate * (self.final_learning_rate / self.learning_rate) ** done)
