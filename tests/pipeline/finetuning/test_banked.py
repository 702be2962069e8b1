import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from features.backbones import load
from features.embedder import Embedder
from pipeline.artifacts.images import PreparedImages
from pipeline.finetuning.arms.last_block import LastBlockArm
from pipeline.finetuning.banked import from_bank
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.loop import Training
from pipeline.finetuning.network import build_network
from pipeline.finetuning.precision import Precision
from pipeline.finetuning.scoring import embeddings, probabilities
from pipeline.params import Features

SIDE = 64
FEATURES = Features(
    engine="eager", precision="fp32", batch_size="auto", views=0, layers=["penultimate"]
)
ARM = LastBlockArm(
    blocks=1,
    views=3,
    epochs=4,
    warmup_epochs=1,
    learning_rate=[0.01],
    weight_decay=0.01,
    max_norm=1.0,
    ema_decay=0.5,
    batch_norm="frozen",
    patience=4,
)


@pytest.fixture(scope="module")
def backbone():
    return load("timm:test_efficientnet", weights="random")


@pytest.fixture
def cohort():
    """Noise, brighter in the middle for the positive class; the last ten are for validation."""
    rng = np.random.default_rng(2)
    labels = np.arange(30) % 2
    pixels = rng.integers(0, 120, (30, SIDE, SIDE)).astype(np.uint8)
    pixels[labels == 1, 16:48, 16:48] += 80
    store = PreparedImages(
        ids=[f"image-{row}" for row in range(30)],
        pixel_sha256=[hashlib.sha256(image.tobytes()).hexdigest() for image in pixels],
        pixels=pixels,
        size=SIDE,
        synthetic=True,
    )
    table = pd.DataFrame({"split": ["train"] * 20 + ["validation"] * 10, "row": np.arange(30)})
    every = LabelledImages(pixels, np.arange(30), labels)
    cases = type("Cases", (), {"classes": ("no", "yes")})
    return ImageCohort(cases, table, every, store, "0" * 64)


@pytest.fixture
def whole(backbone):
    return build_network(backbone, n_classes=2, image_size=SIDE, seed=1)


@pytest.fixture
def inputs(whole, backbone, cohort):
    return from_bank(ARM, whole, cohort, backbone, features=FEATURES, seed=7)


def train(inputs, **changes):
    recipe = replace(ARM.recipe(0.01), **changes)
    training = Training(
        inputs.network,
        inputs.training,
        inputs.validation,
        recipe=recipe,
        batch_size=8,
        weight_of=np.ones(2),
        precision=Precision.of("fp32", torch.device("cpu")),
        seed=3,
    )
    for _ in training.run():
        pass
    return training


def states(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def changed(before, after):
    return {name for name in before if not torch.equal(before[name], after[name])}


def test_the_tail_on_banked_activations_is_the_network_on_the_images(inputs, whole, cohort):
    of_tail = np.concatenate(list(embeddings(inputs.network, inputs.plain)))
    of_whole = np.concatenate(list(embeddings(whole, cohort.of_split("train"))))
    cosine = (of_tail * of_whole).sum(axis=1) / (
        np.linalg.norm(of_tail, axis=1) * np.linalg.norm(of_whole, axis=1)
    )
    assert cosine.min() > 0.9999
    np.testing.assert_allclose(
        inputs.validation.scores(inputs.network),
        np.concatenate(list(probabilities(whole, cohort.of_split("validation")))),
        atol=0.01,
    )


def test_each_image_is_trained_on_in_all_its_views(inputs):
    chosen = np.array([4, 4, 4, 4, 9])
    generator = np.random.default_rng(0)
    seen = {inputs.training.batch(chosen, generator)[0].numpy().tobytes() for _ in range(60)}
    assert len(seen) == 1 + ARM.views
    first, again = (inputs.training.batch(chosen, np.random.default_rng(5)) for _ in range(2))
    assert torch.equal(first, again)


def test_training_changes_the_last_block_and_the_output_layer_alone(inputs, whole):
    before = states(whole)
    training = train(inputs)
    assert training.history[-1].loss < training.history[0].loss
    moved = changed(before, states(whole))
    assert moved
    learned = {id(each) for each in inputs.network.parameters()}
    assert moved == {
        name for name, each in whole.named_parameters() if id(each) in learned and name in moved
    }
    assert {name.split(".")[0] for name in moved} == {"embed", "classify"}
    frozen = [name for name, each in whole.named_parameters() if id(each) not in learned]
    assert len(frozen) > len(learned)


@pytest.mark.parametrize(("batch_norm", "moves"), [("frozen", False), ("train", True)])
def test_statistics_of_batch_normalisation_move_in_the_tail_only_if_asked(
    inputs, whole, batch_norm, moves
):
    before = states(whole)
    train(inputs, batch_norm=batch_norm)
    moved = {name for name in changed(before, states(whole)) if "running_mean" in name}
    assert bool(moved) is moves
    every = {name for name in before if "running_mean" in name}
    assert moved < every


def test_a_full_bank_builds_no_trunk(inputs, whole, backbone, cohort, monkeypatch):
    wanted = inputs.training.batch(np.arange(8), np.random.default_rng(0))

    def refuse(*_, **__):
        raise AssertionError("the bank has all of them")

    monkeypatch.setattr(Embedder, "__init__", refuse)
    again = from_bank(ARM, whole, cohort, backbone, features=FEATURES, seed=7)
    assert torch.equal(again.training.batch(np.arange(8), np.random.default_rng(0)), wanted)
    assert again.activations.reused == 20 * 4 + 10
    assert again.activations.count("augmented") == 20 * 3
    assert again.activations.times.seconds_of_all("plain", 30) > 0
    assert again.activations.times.seconds["plain"] == 0
