"""Stage crossvalidate_finetune: an arm of fine-tuning on every fold, once (split.scheme: cv)."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from features.weights_info import WeightsChoice
from pipeline import paths
from pipeline.artifacts.cases import Cases, read_cases
from pipeline.artifacts.provenance import weights_in_words
from pipeline.artifacts.splits import read_splits
from pipeline.finetuning.arms import ARMS
from pipeline.params import Params, load_params
from pipeline.stage import run
from pipeline.training.cross_validated import origin, write_cross_validated
from pipeline.training.out_of_fold import OutOfFold
from radbank.memory import keep_large_blocks


def main(arguments: Sequence[str] | None = None) -> None:
    """Write predictions/cv_finetune/<arm>.csv and metrics/cv_finetune/<arm>.json.

    With split.scheme: holdout nothing is trained, and both say so by being empty.
    """
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.crossvalidate_finetune", description=__doc__
    )
    parser.add_argument("arm", help=f"one of {', '.join(ARMS)}")
    name = parser.parse_args(arguments).arm
    params, cases = load_params(), read_cases(paths.CASES)
    if params.split.scheme == "cv":
        found, weights = _trained(name, params, cases)
    else:
        labels = cases.frame[["id", "group", "label"]]
        found = OutOfFold.empty(labels, cases.classes, repeats=0)
        weights = Path(WeightsChoice.parse(params.weights).source).name
    about = origin(
        found.cases,
        cases.classes,
        params.split,
        repeats=len(found.probability),
        synthetic=cases.synthetic,
        backbone=params.backbone,
        weights=weights,
    )
    print(
        write_cross_validated(
            {name: found},
            about,
            predictions=paths.OUT_OF_FOLD_FINETUNE,
            metrics=paths.crossvalidation(name),
            evaluate=params.evaluate,
            seed=params.seed,
        )
    )


def _trained(name: str, params: Params, cases: Cases) -> tuple[OutOfFold, str]:
    """Train an arm on every fold; return its predictions, and the backbone's weights in words."""
    from pipeline.artifacts.images import open_images  # noqa: PLC0415 - nothing of it for holdout
    from pipeline.finetuning.cohort import ImageCohort  # noqa: PLC0415 - imports torch
    from pipeline.finetuning.folds import out_of_fold, without_official  # noqa: PLC0415 - torch
    from pipeline.finetuning.retraining import Retraining  # noqa: PLC0415 - torch
    from pipeline.splitting.partition import Plan  # noqa: PLC0415 - imports scikit-learn

    keep_large_blocks()
    retraining = Retraining.of(name, params, synthetic=cases.synthetic)
    split = params.split
    plan = Plan(test=0, validation=split.validation, folds=split.folds, seed=params.seed)
    with open_images(paths.IMAGES) as images:
        cohort = ImageCohort.of(images, cases, read_splits(paths.SPLITS))
        found = out_of_fold(without_official(cohort), retraining, plan)
    weights = retraining.load().weights
    return found, weights_in_words(weights.name, random=weights.random)


if __name__ == "__main__":
    run(main)
