"""What benchmarks.finetuning times: each a way to train a network, in a process of its own.

After start-up it prints a line; for every line that it reads it trains on all images once and
prints images a second. The first step of a pass, in which the optimiser allocates its state, is
left out of the rate.
"""

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from benchmarks.contenders import JPEGS, PREPARED

BATCH = 16
FEWEST = 3 * BATCH  # images: a first step, one that is timed, and radbank's last, which is not
_WORKERS = 2
_RATE = 1e-6  # the learning rate, which takes no time

Pass = Callable[[], float]  # trains on all images once; returns images a second


def radbank(backbone: str, folder: Path, *, prefetched: bool | None = None) -> Pass:
    """Return radbank's own loop, from images.h5; `prefetched` forces a second thread on or off."""
    from features.backbones import load  # noqa: PLC0415
    from features.embedder import device  # noqa: PLC0415
    from pipeline.artifacts.images import open_images  # noqa: PLC0415
    from pipeline.finetuning import prepared  # noqa: PLC0415
    from pipeline.finetuning.arms.recipe import TrainingRecipe  # noqa: PLC0415
    from pipeline.finetuning.images import LabelledImages  # noqa: PLC0415
    from pipeline.finetuning.inputs import AugmentedImages, PlainImages  # noqa: PLC0415
    from pipeline.finetuning.loop import Training  # noqa: PLC0415
    from pipeline.finetuning.network import build_network  # noqa: PLC0415
    from pipeline.finetuning.precision import Precision  # noqa: PLC0415
    from radbank.memory import keep_large_blocks  # noqa: PLC0415

    keep_large_blocks()
    if prefetched is not None:
        prepared.in_another_thread = lambda _: prefetched
    loaded = load(backbone, weights="random", seed=0)
    network = build_network(loaded, n_classes=2, image_size=None, seed=0).to(device())
    recipe = TrainingRecipe(
        epochs=1,
        warmup_epochs=0,
        warmup_from=_RATE,
        learning_rate=_RATE,
        final_learning_rate=_RATE,
        decay="exponential",
        optimiser="adam",
        weight_decay=1e-4,
    )

    def steps() -> Iterator[int]:
        with open_images(folder / PREPARED) as store:
            rows = np.arange(len(store.pixels))
            images = LabelledImages(store.pixels, rows, rows % 2)
            training = Training(
                network,
                AugmentedImages(images, network),
                PlainImages(images),
                recipe=recipe,
                batch_size=BATCH,
                weight_of=np.ones(2),
                precision=Precision.of("auto", network.device),
                seed=0,
            )
            running = training.run()
            for _ in range(training.steps - 1):  # after the last step come validation images
                next(running)
                yield BATCH

    return partial(_rate, steps)


def raw(backbone: str, folder: Path) -> Pass:
    """Return forward pass, backward pass and optimiser alone, on tensors that lie in memory.

    Precision and layout are radbank's.
    """
    from features.backbones import load  # noqa: PLC0415
    from features.embedder import device  # noqa: PLC0415
    from pipeline.artifacts.images import open_images  # noqa: PLC0415
    from pipeline.finetuning.loss import cross_entropy  # noqa: PLC0415
    from pipeline.finetuning.network import build_network  # noqa: PLC0415
    from pipeline.finetuning.precision import Precision  # noqa: PLC0415

    loaded = load(backbone, weights="random", seed=0)
    network = build_network(loaded, n_classes=2, image_size=None, seed=0).to(device())
    precision = Precision.of("auto", network.device)
    with open_images(folder / PREPARED) as store:
        n_steps = len(store.pixels) // BATCH
        images = network.images(store.pixels[:BATCH]).to(memory_format=torch.channels_last)
    labels, weight_of = np.arange(BATCH) % 2, np.ones(2)
    optimiser = torch.optim.Adam(network.parameters(), lr=_RATE, weight_decay=1e-4)

    def steps() -> Iterator[int]:
        network.train()
        for _ in range(n_steps):
            with precision.autocast():
                logits = network(images)
            loss = cross_entropy(logits, labels, weight_of)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            loss.item()
            yield len(images)

    return partial(_rate, steps)


def plain_loop(backbone: str, folder: Path) -> Pass:
    """Return the loop that torchvision's documentation leads to: eager fp32, Pillow, DataLoader."""
    from torch.utils.data import DataLoader  # noqa: PLC0415
    from torchvision import transforms  # noqa: PLC0415
    from torchvision.datasets import ImageFolder  # noqa: PLC0415
    from torchvision.models import get_model, list_models  # noqa: PLC0415

    if backbone in list_models():
        network = get_model(backbone, weights=None, num_classes=2)
    else:
        import timm  # noqa: PLC0415

        network = timm.create_model(f"tf_{backbone}", pretrained=False, num_classes=2)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.to(device)
    side = 299 if backbone == "inception_v3" else 224
    augmented = transforms.Compose([
        transforms.RandomHorizontalFlip(),
        transforms.RandomAffine(10, scale=(0.9, 1.1)),
        transforms.RandomResizedCrop(side, scale=(0.72, 1.0), ratio=(1.0, 1.0)),
        transforms.ToTensor(),
        transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ])  # fmt: skip
    loader = DataLoader(
        ImageFolder(str(folder / JPEGS), augmented),
        batch_size=BATCH,
        shuffle=True,
        drop_last=True,
        num_workers=_WORKERS,
        persistent_workers=True,
    )
    optimiser = torch.optim.Adam(network.parameters(), lr=_RATE, weight_decay=1e-4)

    def steps() -> Iterator[int]:
        network.train()
        for images, labels in loader:
            logits = network(images.to(device))
            logits = getattr(logits, "logits", logits)  # of inception_v3, which has auxiliary ones
            loss = functional.cross_entropy(logits, labels.to(device))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            loss.item()
            yield len(images)

    return partial(_rate, steps)


TRAINERS: dict[str, Callable[[str, Path], Pass]] = {
    "radbank": radbank,
    "radbank, prefetching": partial(radbank, prefetched=True),
    "radbank, not prefetching": partial(radbank, prefetched=False),
    "raw step": raw,
    "plain loop": plain_loop,
}


def _rate(steps: Callable[[], Iterator[int]]) -> float:
    """Return images a second of a pass, its first step left out."""
    passing = steps()
    next(passing)
    start = time.perf_counter()
    images = sum(passing)
    return images / (time.perf_counter() - start)


def main() -> None:
    """Start one trainer, and run it as often as it is told to."""
    name, backbone, folder = sys.argv[1:]
    run = TRAINERS[name](backbone, Path(folder))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(run(), flush=True)


if __name__ == "__main__":
    main()
