"""Stage limits_finetune: an arm of limits.arms on fewer patients and with positives missed."""

import argparse
from collections.abc import Sequence

from pipeline import paths
from pipeline.artifacts.arm_metrics import ArmMetrics
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.cells import to_csv
from pipeline.artifacts.document import read_document
from pipeline.artifacts.images import open_images
from pipeline.artifacts.splits import read_splits
from pipeline.finetuning.arms import ARMS
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.retraining import Retraining
from pipeline.params import load_params
from pipeline.robustness.arms import ArmBench
from pipeline.robustness.summary import make_bench, test_split
from pipeline.stage import run
from pipeline.training.cohort import read_cohort
from radbank.files import atomic_path, write_text
from radbank.memory import keep_large_blocks


def main(arguments: Sequence[str] | None = None) -> None:
    """Write curves/limits/finetune/<arm>/: patients.csv and labels.csv."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.limits_finetune", description=__doc__)
    parser.add_argument("arm", help=f"one of {', '.join(ARMS)}")
    name = parser.parse_args(arguments).arm
    keep_large_blocks()
    params, cases = load_params(), read_cases(paths.CASES)
    embedded = read_cohort(params.backbone)
    chosen = read_document(ArmMetrics, paths.metrics(name)).chosen
    again = Retraining.of(name, params, synthetic=cases.synthetic).at_rate(chosen.learning_rate)
    with open_images(paths.IMAGES) as images:
        arm = ArmBench(
            bench=make_bench(embedded, params),
            cases=embedded.cases,
            test=test_split(embedded),
            cohort=ImageCohort.of(images, cases, read_splits(paths.SPLITS)),
            retraining=again,
        )
        tables = {
            "patients": arm.patients(params.limits.patients),
            "labels": arm.missed(params.limits.labels),
        }
    with atomic_path(paths.limits(name)) as folder:
        folder.mkdir(parents=True)
        for table, rows in tables.items():
            write_text(folder / f"{table}.csv", to_csv(rows))
    for rows in tables.values():
        print(rows.to_string(index=False, float_format="{:.3f}".format))


if __name__ == "__main__":
    run(main)
