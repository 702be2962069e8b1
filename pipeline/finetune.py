"""Stage finetune: train more than a head on the same splits, to compare the heads with."""

import argparse
import time
from collections.abc import Sequence

from features import backbones
from pipeline import paths
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.images import open_images
from pipeline.artifacts.splits import read_splits
from pipeline.finetuning.arms import ARMS, get_arm
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.cost import cost_of
from pipeline.finetuning.fit import fit
from pipeline.finetuning.output import write_outputs
from pipeline.finetuning.processes.group import ProcessGroup
from pipeline.finetuning.processes.launch import run_in_processes
from pipeline.params import load_params
from pipeline.stage import run
from radbank.errors import RadbankError
from radbank.memory import keep_large_blocks


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the arm that the command line names, in as many processes as params.yaml says."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.finetune", description=__doc__)
    parser.add_argument("arm", help=f"one of {', '.join(ARMS)}")
    name = parser.parse_args(arguments).arm
    params = load_params()
    if name not in params.finetune.arms.names:
        get_arm(name)
        raise RadbankError(
            f"params.yaml has no block finetune.arms.{name}: write it, with all its keys."
        )
    run_in_processes(params.finetune.processes, train, name)


def train(group: ProcessGroup, name: str) -> None:
    """Train an arm with the processes of a group; write model, curves, predictions and the rest."""
    start = time.perf_counter()
    keep_large_blocks()
    params = load_params()
    cases, settings = read_cases(paths.CASES), params.finetune
    arm = settings.arm(name, synthetic=cases.synthetic)
    n_seeds = settings.demo.seeds if cases.synthetic else params.seeds
    backbone = backbones.load(params.backbone, weights=params.weights, seed=params.seed)
    with open_images(paths.IMAGES) as images:
        cohort = ImageCohort.of(images, cases, read_splits(paths.SPLITS))
        fitted = fit(
            arm,
            cohort,
            backbone,
            settings=settings,
            features=params.features,
            seeds=range(params.seed, params.seed + n_seeds),
            group=group,
        )
        if not group.first:
            return
        cost = cost_of(fitted, cohort, seconds=time.perf_counter() - start)
    print(
        write_outputs(
            fitted,
            arm,
            cohort,
            backbone,
            imbalance=settings.class_weight,
            evaluate=params.evaluate,
            cost=cost,
        )
    )
    fitted.resumable.forget()


if __name__ == "__main__":
    run(main)
