"""The learning rate of fine-tuning: a linear warm-up, then a decay."""

from math import cos, pi

from pipeline.finetuning.arms.recipe import TrainingRecipe


class Schedule:
    """Learning rate by optimiser step.

    During the warm-up the rate grows by equal amounts from `warmup_from`; after it, it falls from
    `learning_rate` to `final_learning_rate` at the last step. With n the number of steps, w of
    those in the warm-up and t = (s - w) / (n - 1 - w), the rate at step s is

        exponential: learning_rate * (final_learning_rate / learning_rate) ** t
        cosine: final_learning_rate + (learning_rate - final_learning_rate) * (1 + cos(pi t)) / 2

    Parameters
    ----------
    recipe
        The rates, the decay and the epochs.
    steps_per_epoch
        Optimiser steps an epoch.

    Attributes
    ----------
    steps, warmup_steps
        Number of optimiser steps of the whole training and of its warm-up.
    """

    def __init__(self, recipe: TrainingRecipe, steps_per_epoch: int) -> None:
        self.recipe = recipe
        self.steps = steps_per_epoch * recipe.epochs
        self.warmup_steps = steps_per_epoch * recipe.warmup_epochs

    def rate(self, step: int) -> float:
        """Return the rate of a step, counted from 0."""
        recipe = self.recipe
        high, final = recipe.learning_rate, recipe.final_learning_rate
        if step < self.warmup_steps:
            return recipe.warmup_from + (high - recipe.warmup_from) * step / self.warmup_steps
        decay_steps = self.steps - 1 - self.warmup_steps
        done = (step - self.warmup_steps) / decay_steps if decay_steps else 0.0
        if recipe.decay == "cosine":
            return final + (high - final) * (1 + cos(pi * done)) / 2
        return float(high * (final / high) ** done)
