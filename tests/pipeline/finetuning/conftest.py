"""A network small enough to train in a second, and images that it can tell apart."""

import hashlib
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from features.backbones import LoadedBackbone
from features.preprocessing import Preprocessing
from features.weights_info import WeightsInfo
from pipeline.artifacts.cases import Cases
from pipeline.artifacts.images import PreparedImages
from pipeline.finetuning.arms.recipe import TrainingRecipe
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.inputs import AugmentedImages, PlainImages
from pipeline.finetuning.loop import Training
from pipeline.finetuning.network import build_network
from pipeline.finetuning.precision import Precision
from pipeline.finetuning.retraining import Retraining

SIDE = 16


@pytest.fixture
def backbone():
    """Convolution, batch norm, dropout, average: all that behaves differently in training."""
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Dropout(0.1),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
    )
    return LoadedBackbone(
        name="tiny",
        module=module.eval(),
        preprocessing=Preprocessing(
            input_size=SIDE, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), interpolation="bilinear"
        ),
        weights=WeightsInfo(name="random", sha256="0" * 64, random=True),
        n_features=32,
    )


@pytest.fixture
def network(backbone):
    return build_network(backbone, n_classes=2, image_size=None, seed=1)


@pytest.fixture
def images():
    """Noise, brighter in the middle for the positive class."""
    rng = np.random.default_rng(2)
    labels = np.arange(40) % 2
    pixels = rng.integers(0, 120, (40, SIDE, SIDE))
    pixels[labels == 1, 4:12, 4:12] += 80
    return LabelledImages(pixels.astype(np.uint8), np.arange(40), labels)


@pytest.fixture
def split(images):
    """Return training and validation images."""
    names = ["train"] * 25 + ["validation"] * 15  # 25: the last batch of 8 would be of one image
    return tuple(images.of_split(names, name, ("no", "yes")) for name in ("train", "validation"))


def recipe(**changes):
    """Return the seed study's recipe, sized for the tiny network, with changes."""
    settings = {
        "epochs": 3,
        "warmup_epochs": 1,
        "warmup_from": 1e-6,
        "learning_rate": 0.02,
        "final_learning_rate": 0.002,
        "decay": "exponential",
        "optimiser": "adam",
        "weight_decay": 1e-4,
    }
    return TrainingRecipe(**{**settings, **changes})


def everything(**changes):
    """Return a recipe that uses all there is."""
    return recipe(
        **{
            "optimiser": "adamw",
            "decay": "cosine",
            "final_learning_rate": 0.0,
            "first_layer_rate": 0.1,
            "max_norm": 1.0,
            "ema_decay": 0.9,
            "batch_norm": "frozen",
            "chosen_by": "loss",
            **changes,
        }
    )


@pytest.fixture
def start(network, split):
    """Return a function that starts a training of the network from where it was at first."""
    state = {name: value.clone() for name, value in network.state_dict().items()}
    training, validation = split

    def make(recipe, seed=3, weight_of=(1.0, 1.0), precision="fp32"):
        network.load_state_dict(state)
        return Training(
            network,
            AugmentedImages(training, network),
            PlainImages(validation),
            recipe=recipe,
            batch_size=8,
            weight_of=np.array(weight_of),
            precision=Precision.of(precision, network.device),
            seed=seed,
        )

    return make


def make_cohort(n=48, per_patient=2, pixels=None):
    """Return images of the tiny network's size, a few a patient, four splits among them."""
    rng = np.random.default_rng(4)
    patient = np.arange(n) // per_patient
    labels = patient % 2
    if pixels is None:
        pixels = rng.integers(0, 120, (n, SIDE, SIDE)).astype(np.uint8)
        pixels[labels == 1, 4:12, 4:12] += 80
    ids = [f"i{i:03d}" for i in range(n)]
    groups = [f"p{each:02d}" for each in patient]
    split = np.array(["train", "train", "train", "validation", "test"], dtype=object)
    frame = pd.DataFrame(
        {
            "id": ids,
            "label": labels,
            "official_split": np.where(patient >= n // per_patient - 2, "test", None),
            "synthetic": False,
        }
    )
    fold = np.where(patient // 2 % 5 < 3, patient // 2 % 5, -1)
    splits = pd.DataFrame(
        {"id": ids, "group": groups, "split": split[patient // 2 % 5], "fold": fold}
    )
    digests = [hashlib.sha256(image.tobytes()).hexdigest() for image in pixels]
    store = PreparedImages(ids, digests, pixels, SIDE, synthetic=False)
    return ImageCohort.of(store, Cases(frame, ("no", "yes")), splits)


@pytest.fixture
def image_cohort():
    """Return a function that makes a cohort of images."""
    return make_cohort


@pytest.fixture
def again(backbone, params):
    """Return how the tiny network is trained again, for two epochs."""
    finetune = params.finetune.model_copy(update={"batch_size": 8, "precision": "fp32"})
    return Retraining(
        arm=params.finetune.arms["finetune-modern"].shortened(2),
        load=lambda: deepcopy(backbone),
        settings=finetune,
        features=params.features,
        seed=0,
    )
