"""Measure what `last-block` costs and gives between a linear head and full fine-tuning.

Of each backbone the stages run on the same images and splits: extract and a logistic regression;
last-block with an empty bank, and again with what that left in it; finetune-modern. All start from
an empty bank, with one learning rate and one seed an arm. Seconds are those that the stages report,
scoring of all images included.

Example: python -m benchmarks.last_block --root /data/kermany --layout folder --limit 600
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.artifacts.cost import read_cost
from pipeline.artifacts.predictions import Predictions, read_predictions
from pipeline.statistics.auc import auc_difference, auc_influences, auc_interval
from pipeline.statistics.scored_cases import BinaryCases
from radbank.files import write_json

ROOT = Path(__file__).resolve().parent.parent
LINEAR, LAST, FULL = "logistic_regression", "last-block", "finetune-modern"
CONFIDENCE = 0.95
MOST = 1 / 4  # of full fine-tuning's seconds: what issue 11 asks of last-block with a full bank


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="example: python -m benchmarks.last_block --root /data/kermany --layout folder",
    )
    parser.add_argument("--root", type=Path, required=True, help="folder of images")
    parser.add_argument("--layout", default="folder", help="default: %(default)s")
    parser.add_argument("--group-pattern", help="finds the patient in a file's name")
    parser.add_argument("--groups", type=Path, help="CSV id -> patient")
    parser.add_argument("--limit", type=int, help="images")
    parser.add_argument("--backbones", nargs="+", default=["resnet50", "efficientnet_lite0"])
    parser.add_argument("--weights", nargs="+", default=["random", "imagenet"])
    parser.add_argument("--blocks", type=int, nargs="+", default=[1], help="default: 1")
    parser.add_argument("--epochs", type=int, help="of full fine-tuning, at most; default: its own")
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures here too")
    arguments = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), arguments)
        project.prepare()
        for backbone, weights in zip(arguments.backbones, arguments.weights, strict=True):
            found += project.measure(backbone, weights, arguments.blocks)
    for line in found:
        print(report(line))
    if arguments.json:
        write_json(arguments.json, found)


class Project:
    """A folder in which stages run.

    Parameters
    ----------
    folder
        To be filled.
    arguments
        Of the command line.
    """

    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self.folder = folder
        self.bank = folder / "bank"
        params: dict[str, Any] = YAML(typ="safe").load(ROOT / "params.yaml")
        params["seeds"] = 1
        params["data"] |= {
            "root": str(arguments.root.absolute()),
            "layout": arguments.layout,
            "group_pattern": arguments.group_pattern,
            "groups": str(arguments.groups.absolute()) if arguments.groups else None,
            "limit": arguments.limit,
        }
        params["features"]["views"] = 0
        arms = params["finetune"]["arms"]
        arms[FULL]["epochs"] = arguments.epochs or arms[FULL]["epochs"]
        for arm in arms.values():
            arm["learning_rate"] = arm["learning_rate"][:1]
        self.params = params
        shutil.copy(ROOT / "joins.csv", folder)

    def run(self, stage: str, *arguments: str) -> None:
        """Run a stage with the present settings."""
        write_json(self.folder / "params.yaml", self.params)  # JSON is YAML
        print(f"== {self.params['backbone']}: {stage} {' '.join(arguments)}", flush=True)
        subprocess.run(
            [sys.executable, "-m", f"pipeline.{stage}", *arguments],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "RADBANK_BANK": str(self.bank),
                "RADBANK_HOME": str(self.folder / "home"),
            },
            check=True,
        )

    def prepare(self) -> None:
        """Make images and splits, which all share."""
        for stage in ("ingest", "prepare", "split"):
            self.run(stage)

    def measure(self, backbone: str, weights: str, blocks: list[int]) -> list[dict[str, Any]]:
        """Return the figures of one backbone, a dict for each number of blocks."""
        self.params |= {"backbone": backbone, "weights": weights}
        shutil.rmtree(self.bank, ignore_errors=True)
        self.run("extract")
        self.run("train", LINEAR)
        linear = {"seconds": self.seconds(f"heads/{LINEAR}.json"), "bytes": size(self.bank)}
        self.run("finetune", FULL)
        full = {"seconds": self.seconds(f"finetune/{FULL}.json"), "bytes": 0}
        return [
            {
                "backbone": backbone,
                "weights": weights,
                "blocks": number,
                LINEAR: linear | self.auc(f"heads/{LINEAR}"),
                FULL: full | self.auc(f"finetune/{FULL}"),
                **self.last_blocks(number),
            }
            for number in blocks
        ]

    def last_blocks(self, number: int) -> dict[str, Any]:
        """Return the figures of last-block with so many blocks, and its differences."""
        self.params["finetune"]["arms"][LAST]["blocks"] = number
        shutil.rmtree(self.bank)
        self.run("finetune", LAST)
        empty = self.seconds(f"finetune/{LAST}.json")
        self.run("finetune", LAST)
        filled = self.seconds(f"finetune/{LAST}.json")
        figures = {"seconds": filled, "seconds_empty_bank": empty, "bytes": size(self.bank)}
        return {
            LAST: figures | self.auc(f"finetune/{LAST}"),
            "minus_linear": self.difference(f"finetune/{LAST}", f"heads/{LINEAR}"),
            "minus_full": self.difference(f"finetune/{LAST}", f"finetune/{FULL}"),
        }

    def seconds(self, file: str) -> float:
        """Return the seconds of training and search, less what the bank spared."""
        costs = self.folder / "metrics/cost"
        cost = read_cost(costs / file, costs / "extract.json")
        spared = cost.bank.seconds_spared if cost.bank else 0.0
        if cost.to_train.seconds is None or spared is None:
            raise SystemExit(f"{file} does not say what it took")
        return cost.to_train.seconds - spared

    def auc(self, model: str) -> dict[str, Any]:
        """Return a model's AUC on test with its interval."""
        cases = [self.cases(model)]
        low, high = auc_interval(cases, CONFIDENCE)
        return {"auc": {"value": auc_influences(cases)[0], "low": low, "high": high}}

    def difference(self, first: str, second: str) -> dict[str, Any]:
        """Return the difference of two models' AUCs on the same test cases."""
        found = auc_difference([self.cases(first)], [self.cases(second)], CONFIDENCE)
        return found.model_dump()

    def cases(self, model: str) -> BinaryCases:
        """Return the test cases as a model scores them."""
        table: Predictions = read_predictions(self.folder / "predictions" / f"{model}.csv")
        part = table.of_split("test").frame
        return BinaryCases.of(part["label"], part["probability"], part["group"])


def size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def report(found: dict[str, Any]) -> str:
    """Say one backbone's figures in a table."""
    last, full = found[LAST], found[FULL]
    lines = [f"{found['backbone']} ({found['weights']} weights), blocks: {found['blocks']}"]
    for name, seconds, figures in (
        ("linear head", found[LINEAR]["seconds"], found[LINEAR]),
        ("last-block, bank empty", last["seconds_empty_bank"], last),
        ("last-block, bank filled", last["seconds"], last),
        ("full fine-tuning", full["seconds"], full),
    ):
        auc = in_words(figures["auc"])
        lines.append(f"  {name:<24}{seconds:>9.1f} s{figures['bytes'] / 2**20:>9.1f} MiB  {auc}")
    lines += [
        f"  last-block minus {name:<7}  {in_words(found[f'minus_{name}'], '+')}"
        for name in ("linear", "full")
    ]
    share = last["seconds"] / full["seconds"]
    kept = "at most" if share <= MOST else "MORE THAN"
    lines.append(f"  last-block, bank filled: {share:.3f} of full fine-tuning, {kept} {MOST}")
    return "\n".join(lines)


def in_words(estimate: dict[str, Any], sign: str = "") -> str:
    """Write an AUC or a difference with its interval."""
    value, low, high = (estimate[key] for key in ("value", "low", "high"))
    if low is None:
        return f"AUC {value:{sign}.3f} (no interval)"
    return f"AUC {value:{sign}.3f} ({low:{sign}.3f} to {high:{sign}.3f})"


if __name__ == "__main__":
    main()
