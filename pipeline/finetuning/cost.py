"""What an arm of fine-tuning cost: the trainings, the search among rates, and new images."""

from collections.abc import Sequence

import torch

from features.activations import Activations
from features.bank.about import KINDS
from features.flops import count_flops
from pipeline.artifacts.cost import Cost, FromBank
from pipeline.artifacts.work import GIGA, Work, together
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.fit import Fitted
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.optimisers import trained
from pipeline.finetuning.trainings import Trained
from radbank.memory import peak_device_memory, peak_memory
from radbank.meter import Meter, total

BACKWARD = 2  # times the operations of the forward pass, as an estimate


def cost_of(fitted: Fitted, cohort: ImageCohort, *, seconds: float) -> Cost:
    """Return the cost of a trained arm, as if the bank had been empty.

    Parameters
    ----------
    fitted
        The trained arm.
    cohort
        The images that it was trained on.
    seconds
        What the stage took.
    """
    network, found = fitted.network, fitted.activations
    whole = _operations(network)
    passes = _Passes(fitted, cohort, whole)
    preparing = passes.of_preparation()
    first, *others = fitted.trainings
    training = together([preparing, passes.of_trainings([first])])
    search = passes.of_trainings(fitted.rejected)
    other_seeds = passes.of_trainings(others)
    every = len(cohort.every)
    inference = Work(
        images=every,
        seconds=fitted.scoring.seconds,
        passes=every,
        gflops=every * whole / GIGA,
        joules=fitted.scoring.joules,
    )
    spared = None if found is None else _from_bank(found)
    works = (training, search, other_seeds, inference)
    here = (total(work.seconds for work in works) or 0.0) - (
        spared.seconds_spared or 0.0 if spared else 0.0
    )
    device = network.device.type
    return Cost(
        device="cuda" if device == "cuda" else "cpu",
        engine=_joined(None if found is None else found.computation.engine, "eager"),
        precision=_joined(
            None if found is None else found.computation.precision, fitted.precision.name
        ),
        parameters=sum(each.numel() for each in trained(fitted.inputs.network)),
        peak_memory=peak_memory(),
        peak_device_memory=peak_device_memory(device),
        energy_counter=Meter(device).counter,
        processes=fitted.processes,
        other_seconds=max(seconds - here, 0.0),
        training=training,
        search=search,
        other_seeds=other_seeds if others else None,
        inference=inference,
        bank=spared,
    )


class _Passes:
    """Passes and operations of an arm, by what they are for.

    Parameters
    ----------
    fitted, cohort
        The arm and its images.
    whole
        Operations of the whole network for an image.
    """

    def __init__(self, fitted: Fitted, cohort: ImageCohort, whole: int) -> None:
        self._fitted = fitted
        self._images = len(cohort.of_split("train"))
        self._validation = len(cohort.of_split("validation"))
        self._whole = whole
        self._trained = count_flops(fitted.inputs.network.eval(), fitted.inputs.example())

    def of_preparation(self) -> Work:
        """Return the activations, and the output layer's start as a logistic regression."""
        starting, found = self._fitted.starting, self._fitted.activations
        start = Work(images=self._images, joules=0.0)
        if starting is not None:
            start = Work(
                images=self._images,
                seconds=starting.seconds,
                joules=starting.joules,
                passes=self._images,
                gflops=self._images * self._trained / GIGA,
            )
        if found is None:
            return start
        views = {kind: found.count(kind) for kind in KINDS}
        count = sum(views.values())
        activations = Work(
            images=self._images,
            seconds=total(found.times.seconds_of_all(kind, views[kind]) for kind in KINDS),
            joules=total(found.times.joules_of_all(kind, views[kind]) for kind in KINDS),
            passes=count,
            gflops=count * (self._whole - self._trained) / GIGA,
        )
        return together([activations, start])

    def of_trainings(self, trainings: Sequence[Trained]) -> Work:
        """Return trainings with the validation after each of their epochs."""
        epochs = sum(len(each.history) for each in trainings)
        trained, validated = epochs * self._images, epochs * self._validation
        operations = ((1 + BACKWARD) * trained + validated) * self._trained
        return Work(
            images=self._images,
            seconds=sum(each.spent.seconds for each in trainings),
            joules=total(each.spent.joules for each in trainings),
            passes=trained + validated,
            gflops=operations / GIGA,
        )


def _operations(network: FineTunedNetwork) -> int:
    """Return the operations of a whole network for one image."""
    side = network.preprocessing.input_size
    return count_flops(network.eval(), torch.zeros(1, 3, side, side, device=network.device))


def _from_bank(found: Activations) -> FromBank:
    """Return what the bank spared."""
    times = found.times
    every = total(times.seconds_of_all(kind, found.count(kind)) for kind in KINDS)
    here = sum(times.seconds.values())
    return FromBank(
        computed=found.computed,
        reused=found.reused,
        seconds_spared=None if every is None else max(every - here, 0.0),
    )


def _joined(frozen: str | None, own: str) -> str:
    """Name what the frozen part of a network ran in, where that differs from the rest."""
    return own if frozen in {None, own} else f"{frozen}, then {own}"
