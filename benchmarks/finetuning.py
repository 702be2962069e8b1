"""Time the steps of full fine-tuning: radbank, the step alone, and a loop that users write.

Every contender is a process of its own (``benchmarks/trainers.py``), started before the rounds and
idle while another runs. In each round each of them trains on all images once, in batches of 16;
rates are medians over rounds, and ratios are medians of the ratios within a round, with the lowest
and the highest beside them, because a machine's speed drifts. Images are drawn and weights random,
which takes as long as with others.

- ``radbank``: the stage's own loop from ``images.h5``: reading, augmentation, resizing, step.
- ``raw step``: forward pass, backward pass and optimiser on tensors that lie in memory, in the same
  precision and layout.
- ``plain loop``: eager fp32 with a DataLoader that augments image by image with Pillow.
- ``radbank, prefetching`` and ``radbank, not prefetching``: batches made in a second thread, or
  between the steps.

Example: python -m benchmarks.finetuning --backbone resnet50 --images 96 --json resnet50.json
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.contenders import write_images_of
from benchmarks.extraction import Contender
from benchmarks.trainers import FEWEST, TRAINERS
from features.embedder import device
from pipeline.finetuning.precision import Precision

RADBANK, RAW, PLAIN = "radbank", "raw step", "plain loop"


def measure(backbone: str, names: list[str], folder: Path, rounds: int) -> dict[str, list[float]]:
    """Run contenders in turn; return the rates of each, images a second by round."""
    rates: dict[str, list[float]] = {name: [] for name in names}
    with ExitStack() as stack:
        contenders = [
            stack.enter_context(Contender(name, backbone, folder, "benchmarks.trainers"))
            for name in names
        ]
        for _ in range(rounds):
            for contender in contenders:
                rates[contender.name].append(contender.run())
                print(f"{contender.name}: {rates[contender.name][-1]:.2f}", file=sys.stderr)
    return rates


def spread(values: list[float]) -> dict[str, float]:
    """Return the median, the lowest and the highest of some figures."""
    return {"median": statistics.median(values), "lowest": min(values), "highest": max(values)}


def ratios(rates: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return how often quicker radbank was than each other within a round: :func:`spread`."""
    return {
        name: spread([ours / its for ours, its in zip(rates[RADBANK], other, strict=True)])
        for name, other in rates.items()
        if name != RADBANK
    }


def targets(precision: str) -> dict[str, float]:
    """Return the least ratios of radbank to the step alone and to the plain loop."""
    return {RAW: 0.85, PLAIN: 2.0 if precision == "bf16" else 1.5}


def main() -> None:
    """Measure one backbone; print, and write JSON if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backbone", default="efficientnet_lite0")
    parser.add_argument("--images", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--contenders", default=f"{RADBANK};{RAW};{PLAIN}", metavar="NAME;NAME")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    if arguments.images < FEWEST:
        parser.error(f"--images is {arguments.images}: {FEWEST} is the least")
    names = arguments.contenders.split(";")
    if RADBANK not in names or not set(names) <= set(TRAINERS):
        parser.error(f"--contenders: {RADBANK}, and of these: {'; '.join(TRAINERS)}")
    precision = Precision.of("auto", device())
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {precision.device}, {os.cpu_count()} cores, {precision}; "
        f"{arguments.backbone}, random weights, {arguments.images} images"
    )
    with tempfile.TemporaryDirectory() as folder:
        write_images_of(Path(folder), arguments.images)
        rates = measure(arguments.backbone, names, Path(folder), arguments.rounds)
    found: dict[str, Any] = {
        "images_per_second": {name: spread(its) for name, its in rates.items()},
        "ratios": ratios(rates),
    }
    for name, rate in found["images_per_second"].items():
        print(f"  {name:<34}{_shown(rate)} images/s")
    for name, ratio in found["ratios"].items():
        target = targets(precision.name).get(name)
        print(f"  radbank / {name:<24}{_shown(ratio)}" + (f", target {target}" if target else ""))
    if arguments.json is not None:
        provenance = {"backbone": arguments.backbone, "weights": "random", "data": "synthetic"}
        content = provenance | {"precision": precision.name} | found | {"rounds": rates}
        arguments.json.write_text(json.dumps(content, indent=2) + "\n")


def _shown(figure: dict[str, float]) -> str:
    return f"{figure['median']:>8.2f} ({figure['lowest']:.2f} to {figure['highest']:.2f})"


if __name__ == "__main__":
    main()
