"""Time extraction: raw engines, radbank end to end, and two loops that users write.

Every contender is a process of its own (``benchmarks/contenders.py``), started before the rounds
and idle while another runs, so that neither threads nor the allocator's settings of one reach
another. In each round each of them goes through all images once; rates are medians over rounds,
and ratios are medians of the ratios within a round, because a machine's speed drifts. A rate
counts from the first batch of a pass to the end of the pass, which for radbank is the committed
feature store. The start-up, from the start of the process to its first batch, stands beside it.
Images are drawn and weights random, which takes as long as with others. What the machine's largest
products of matrices allow at most (``benchmarks/peak.py``) is printed beside the rates.

Example: python -m benchmarks.extraction --backbones resnet50 --images 96 --json resnet50.json
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import torch

from benchmarks.contenders import CONTENDERS, FEWEST, RAW, write_images_of
from benchmarks.peak import operations_a_second, operations_of
from features.backbones import load
from features.device import device_type
from features.engines.choice import choose, cpu_has_bf16

BACKBONES = ("resnet50", "densenet121", "inception_v3", "vgg19", "efficientnet_lite0")
RADBANK, PLAIN, TIMM, TUNED = "radbank", "plain loop", "timm loader", "timm loader, malloc tuned"
BEST_RAW = "best raw forward"
TUNING = {
    "MALLOC_MMAP_THRESHOLD_": str(4 * 2**30),
    "MALLOC_TRIM_THRESHOLD_": str(8 * 2**30),
    "MALLOC_TOP_PAD_": str(2**30),
}
# least ratios of radbank end to end to each of the others
TARGETS = {
    "resnet50": {BEST_RAW: 0.85, PLAIN: 3.3, TIMM: 1.5, TUNED: 1.15},
    "densenet121": {BEST_RAW: 0.85, PLAIN: 2.8, TIMM: 1.4},
    "inception_v3": {BEST_RAW: 0.85, PLAIN: 3.0, TIMM: 1.25},
    "vgg19": {BEST_RAW: 0.85, PLAIN: 2.1},
    "efficientnet_lite0": {BEST_RAW: 0.75, PLAIN: 4.5, TIMM: 1.8},
}


class Contender:
    """A process that goes through all images each time it is told to.

    Parameters
    ----------
    name, backbone
        What it runs.
    folder
        Where the images are.
    module
        The program that knows the name.
    """

    def __init__(
        self, name: str, backbone: str, folder: Path, module: str = "benchmarks.contenders"
    ) -> None:
        start = time.perf_counter()
        tuned = name == TUNED or name.startswith("raw")
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, name, backbone, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(TUNING if tuned else {})},
        )
        self._answer()
        self.startup = time.perf_counter() - start

    def run(self) -> float:
        """Let it go through the images once; return images a second."""
        assert self._process.stdin is not None
        print("go", file=self._process.stdin, flush=True)
        return float(self._answer())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            return line
        raise RuntimeError(f"{self.name} ended with status {self._process.wait()}")


def measure(backbone: str, names: list[str], folder: Path, rounds: int) -> dict[str, Any]:
    """Run contenders in turn; return rates, and ratios of radbank and of the best engine."""
    rates: dict[str, list[float]] = {name: [] for name in names}
    contenders: list[Contender] = []
    try:
        contenders += [Contender(name, backbone, folder) for name in names]
        for _ in range(rounds):
            for contender in contenders:
                rates[contender.name].append(contender.run())
                print(f"{contender.name}: {rates[contender.name][-1]:.1f}", file=sys.stderr)
    finally:
        for contender in contenders:
            contender.__exit__(None, None, None)
    raw = [name for name in names if name in RAW]
    others = {name: rates[name] for name in names if name not in {RADBANK, *raw}}
    found: dict[str, Any] = {
        "images_per_second": {name: statistics.median(its) for name, its in rates.items()},
        "startup_seconds": {each.name: each.startup for each in contenders},
        "ratios": ratios(rates[RADBANK], others),
        "rounds": rates,
    }
    if raw:
        best = rates[max(raw, key=lambda name: statistics.median(rates[name]))]
        found["ratios"] = ratios(rates[RADBANK], {BEST_RAW: best}) | found["ratios"]
        found["ratios_of_best_raw"] = ratios(best, others)
    return found


def ratios(rates: list[float], others: dict[str, list[float]]) -> dict[str, float]:
    """Return the median over the rounds of how often quicker one contender was than others."""
    return {
        name: statistics.median(a / b for a, b in zip(rates, its, strict=True))
        for name, its in others.items()
    }


def report(backbone: str, found: dict[str, Any]) -> None:
    """Print what was measured of one backbone."""
    print(f"\n{backbone}, random weights")
    for precision, rate in found["most_images_per_second"].items():
        print(f"  {f'products allow in {precision}':<28}{rate:>8.1f} images/s")
    for name, rate in found["images_per_second"].items():
        print(f"  {name:<28}{rate:>8.1f} images/s, start-up {found['startup_seconds'][name]:.1f} s")
    for other, ratio in found["ratios"].items():
        target = TARGETS.get(backbone, {}).get(other)
        wanted = f", target {target}" if target else ""
        alone = found.get("ratios_of_best_raw", {}).get(other)
        most = f", {BEST_RAW} {alone:.2f}" if alone else ""
        print(f"  radbank / {other:<28}{ratio:>8.2f}{wanted}{most}")


def main() -> None:
    """Measure each backbone; print, and write JSON if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backbones", default=",".join(BACKBONES), metavar="NAME,NAME")
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--leave-out", default="", metavar="NAME;NAME", help="contenders to skip")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    if arguments.images < FEWEST:
        parser.error(f"--images is {arguments.images}: {FEWEST} is the least")
    left_out = arguments.leave_out.split(";") + ([] if cpu_has_bf16() else ["raw openvino bf16"])
    names = [name for name in CONTENDERS if name not in left_out]
    choice = choose("auto", "auto", device=device_type(), n_images=0)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {device_type()}, {os.cpu_count()} cores, {choice}")
    device = torch.device(device_type())
    peak = {
        name: operations_a_second(dtype, device)
        for name, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16))
    }
    print(
        ", ".join(f"{name}: {rate / 1e9:.0f} GFLOP/s" for name, rate in peak.items()), "in products"
    )
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        write_images_of(Path(folder), arguments.images)
        for backbone in arguments.backbones.split(","):
            operations = operations_of(load(backbone, weights="random", seed=0))
            most = {name: rate / operations for name, rate in peak.items()}
            measured = measure(backbone, names, Path(folder), arguments.rounds)
            found[backbone] = {
                "weights": "random",
                "data": "synthetic",
                "most_images_per_second": most,
                **measured,
            }
            report(backbone, found[backbone])
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
