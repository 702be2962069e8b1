"""What the processes of the tests do: a tiny network is trained on noise with bright middles."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from features.backbones import LoadedBackbone
from features.families.auxiliary import AuxiliaryBranch
from features.preprocessing import Preprocessing
from features.weights_info import WeightsInfo
from pipeline.finetuning import loop, resume
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.inputs import AugmentedImages, PlainImages
from pipeline.finetuning.logistic_start import start_from_logistic
from pipeline.finetuning.loop import Training
from pipeline.finetuning.network import build_network
from pipeline.finetuning.precision import Precision
from pipeline.finetuning.resume import Resumable
from tests.pipeline.finetuning.conftest import everything, recipe

SIDE = 16
RECIPES = {
    "frozen statistics": everything(epochs=2),
    "statistics of the batch": recipe(epochs=2),
    "auxiliary classifier": recipe(epochs=2, auxiliary_loss=0.4),
}


def training(recipe, group):
    """Return a training of 24 images of unequal classes."""
    torch.manual_seed(group.rank)  # only the first process has the weights to start from
    module = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, bias=False),  # before a norm its gradient is but noise
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )
    backbone = LoadedBackbone(
        name="tiny",
        module=module.eval(),
        preprocessing=Preprocessing(
            input_size=SIDE, mean=(0.5,) * 3, std=(0.5,) * 3, interpolation="bilinear"
        ),
        weights=WeightsInfo(name="random", sha256="0" * 64, random=True),
        n_features=8,
        auxiliary=AuxiliaryBranch(
            after="1",
            module=nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 8)),
            n_features=8,
        ),
    )
    network = build_network(
        backbone, n_classes=2, image_size=None, seed=1, auxiliary=recipe.auxiliary_loss is not None
    )
    rng = np.random.default_rng(2)
    labels = (np.arange(41) % 3 == 0).astype(np.int64)
    pixels = rng.integers(0, 120, (41, SIDE, SIDE))
    pixels[labels == 1, 4:12, 4:12] += 80
    images = LabelledImages(pixels.astype(np.uint8), np.arange(41), labels)
    train, validation = images.part(np.arange(24)), images.part(np.arange(24, 41))
    if recipe.logistic_start:
        start_from_logistic(
            network, train, np.arange(24) % 3, class_weight="balanced", seed=0, group=group
        )
    return Training(
        network,
        AugmentedImages(train, network),
        PlainImages(validation, group),
        recipe=recipe,
        batch_size=9,
        weight_of=np.array([0.75, 1.5]),
        precision=Precision.of("fp32", network.device),
        seed=3,
        group=group,
    )


def outcome(done):
    """Return the curve of a training and the weights that it kept."""
    return (
        [(each.loss, each.validation_loss, each.validation_auc) for each in done.history],
        done.best.state,
    )


def train(group, folder):
    """Train by every recipe, once more with a cut; the first process saves what came of it."""
    # unequal shares, and in the last batch none for the first process
    loop.batches = lambda *_: [slice(0, 9), slice(9, 18), slice(18, 23), slice(23, 24)]
    found = {}
    for name, each in RECIPES.items():
        done = training(each, group)
        list(done.run())
        found[name] = outcome(done)

    resume._EVERY = 0.0
    resumable = Resumable({"folder": str(folder), "size": group.size}, group)
    first = training(RECIPES["frozen statistics"], group)
    for step, _ in enumerate(first.run(), start=1):
        resumable._write(first, resumable.folder / "a.pt")
        if step == 6:
            break
    second = training(RECIPES["frozen statistics"], group)
    list(resumable.run(second, "a"))
    found["resumed"] = outcome(second)
    if group.first:
        resumable.forget()
        torch.save(found, Path(folder) / f"{group.size}.pt")
