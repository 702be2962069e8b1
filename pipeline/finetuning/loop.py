"""The training loop: one pass over the training images an epoch, then the validation images."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, cast

import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from pipeline.finetuning.arms.recipe import TrainingRecipe
from pipeline.finetuning.batches import batches
from pipeline.finetuning.best import Best
from pipeline.finetuning.epoch import Epoch
from pipeline.finetuning.inputs import Inputs, Validation
from pipeline.finetuning.loss import cross_entropy, judge
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.optimisers import SHARE, make_optimiser, trained
from pipeline.finetuning.precision import Precision, exact_fp32
from pipeline.finetuning.prepared import Batch, prepared_batches
from pipeline.finetuning.processes.batch_norm import whole_batch_norm
from pipeline.finetuning.processes.group import ALONE, ProcessGroup
from pipeline.finetuning.schedule import Schedule
from pipeline.finetuning.training_times import TrainingTimes
from radbank.errors import RadbankError
from radbank.meter import Meter


class Training:
    """A network's training, step by step; it can be saved after any step and taken up again.

    Parameters
    ----------
    network
        Trained in place, on the device it is on.
    training, validation
        Both with examples of every class.
    recipe
        How to train.
    batch_size
        Examples in a step.
    weight_of
        Weight of each class in the loss, shape (n_classes,).
    precision
        In which numbers forward and backward pass compute.
    seed
        Of the order of the examples, their augmentation and dropout. The same seed on the same
        machine gives the same weights to the last bit on a CPU.
    group
        The processes that train together, each with a network of its own and a share of each
        batch.

    Attributes
    ----------
    step
        Optimiser steps taken.
    history
        The epochs so far.
    best
        The best of those that can be kept, with its weights; None before the first.
    times
        What steps and validations took.

    Raises
    ------
    RadbankError
        If the training diverges, or the warm-up takes all epochs.
    """

    def __init__(
        self,
        network: FineTunedNetwork,
        training: Inputs,
        validation: Validation,
        *,
        recipe: TrainingRecipe,
        batch_size: int,
        weight_of: np.ndarray,
        precision: Precision,
        seed: int,
        group: ProcessGroup = ALONE,
    ) -> None:
        group.equalise(network)
        self.network = network
        self.recipe = recipe
        self.step = 0
        self.history: list[Epoch] = []
        self.best: Best | None = None
        self.times = TrainingTimes()
        self._training = training
        self._validation = validation
        self._weight_of = weight_of
        self._precision = precision
        self._seed = seed
        self._group = group
        self._cuts = batches(len(training.labels), batch_size)
        self._schedule = Schedule(recipe, len(self._cuts))
        self._optimiser = make_optimiser(network, recipe)
        self._averaged = None
        if recipe.ema_decay is not None:
            average = get_ema_multi_avg_fn(recipe.ema_decay)  # type: ignore[no-untyped-call]
            self._averaged = AveragedModel(network, multi_avg_fn=average, use_buffers=True)
        self._start_epoch()

    @property
    def steps(self) -> int:
        """The number of steps, if training does not stop early."""
        return self._schedule.steps

    @property
    def finished(self) -> bool:
        """Whether all epochs are over, or patience is."""
        if self.step == self.steps:
            return True
        patience = self.recipe.patience
        since = len(self.history) - self.best.epoch.number if self.best else 0
        return patience is not None and since >= patience

    def run(self) -> Iterator[Epoch | None]:
        """Take the steps that are left; yield after each, the epoch if one is over."""
        meter = Meter(self.network.device.type)
        while not self.finished:
            batch = self.step % len(self._cuts)
            rows = self._cuts[batch]
            meter.lap()
            self._losses[rows] = self._take_step(next(self._prepared))
            self.times.add_step(meter.lap())
            self.step += 1
            if batch < len(self._cuts) - 1:
                yield None
                continue
            self._end_epoch()
            self.times.add_validation(meter.lap())
            self._start_epoch()
            yield self.history[-1]

    @property
    def _validated(self) -> FineTunedNetwork:
        """The network with the weights that are validated and kept."""
        if self._averaged is None:
            return self.network
        return cast("FineTunedNetwork", self._averaged.module)

    def _start_epoch(self) -> None:
        self._losses = np.empty(len(self._training.labels))
        self._prepared = prepared_batches(
            self._training,
            self._cuts,
            seed=[self._seed, len(self.history)],
            first=self.step % len(self._cuts),
            device=self.network.device,
            group=self._group,
        )

    def _take_step(self, batch: Batch) -> float:
        """Take one step of the optimiser and return the whole batch's mean loss before it."""
        self._set_mode()
        device = self.network.device
        rate = self._schedule.rate(self.step)
        for group in self._optimiser.param_groups:
            group["lr"] = rate * group[SHARE]
        # dropout draws from torch's global generators only
        with torch.random.fork_rng([device] if device.type == "cuda" else []), exact_fp32():
            torch.manual_seed(batch.seed)
            labels = self._training.labels[batch.chosen]
            shared = whole_batch_norm(self._group, counts=batch.part > 0)
            with self._precision.autocast(), shared:
                logits, auxiliary = self.network.training_logits(batch.inputs)
            loss = cross_entropy(logits, labels, self._weight_of)
            minimised = loss
            if auxiliary is not None and (weight := self.recipe.auxiliary_loss):
                minimised = loss + weight * cross_entropy(auxiliary, labels, self._weight_of)
            self._optimiser.zero_grad()
            if batch.part < 1:
                loss, minimised = loss * batch.part, minimised * batch.part
            loss = self._group.backward(loss, minimised, trained(self.network))
            if self.recipe.max_norm is not None:
                nn.utils.clip_grad_norm_(trained(self.network), self.recipe.max_norm)
            self._optimiser.step()
        if self._averaged is not None:
            self._averaged.update_parameters(self.network)
        return loss.item()

    def _set_mode(self) -> None:
        self.network.train()
        if self.recipe.batch_norm == "frozen":
            for module in self.network.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()

    def _end_epoch(self) -> None:
        """Validate, and keep the weights if they are the best so far."""
        network = self._validated
        scores = self._validation.scores(network)
        if not np.isfinite(scores).all():
            raise RadbankError(
                "Fine-tuning diverged (the network's outputs are no longer numbers): lower the "
                "learning_rate of the arm in params.yaml."
            )
        loss, auc = judge(self._validation.labels, scores, self._weight_of)
        epoch = Epoch(
            number=len(self.history) + 1,
            learning_rate=self._schedule.rate(self.step - 1),
            loss=float(self._losses.mean()),
            validation_loss=loss,
            validation_auc=auc,
            validation_probabilities=scores,
        )
        self.history.append(epoch)
        by, every = self.recipe.chosen_by, self.recipe.keep_every
        can_be_kept = epoch.number % every == 0 or epoch.number == self.recipe.epochs
        if can_be_kept and (self.best is None or epoch.rank(by) > self.best.epoch.rank(by)):
            self.best = Best.of(epoch, network)

    def state(self) -> dict[str, Any]:
        """Return all that the steps to come depend on: tensors, numbers and text."""
        return {
            "network": self.network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "averaged": None if self._averaged is None else self._averaged.state_dict(),
            "step": self.step,
            "times": self.times.state(),
            "losses": torch.from_numpy(self._losses),
            "history": [_plain(epoch) for epoch in self.history],
            "best": self.best and {"number": self.best.epoch.number, "state": self.best.state},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a training of the same inputs, recipe and seed where :meth:`state` left it."""
        self.network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(deepcopy(state["optimiser"]))
        if self._averaged is not None:
            self._averaged.load_state_dict(state["averaged"])
        self.step = state["step"]
        self.times = TrainingTimes(**state["times"])
        self.history = [_epoch(each) for each in state["history"]]
        self._start_epoch()
        self._losses = state["losses"].numpy().copy()
        if best := state["best"]:
            self.best = Best(self.history[best["number"] - 1], best["state"])


def _plain(epoch: Epoch) -> dict[str, Any]:
    scores = torch.from_numpy(epoch.validation_probabilities)
    return {**vars(epoch), "validation_probabilities": scores}


def _epoch(saved: dict[str, Any]) -> Epoch:
    return Epoch(**{**saved, "validation_probabilities": saved["validation_probabilities"].numpy()})
