"""Stage train: fit one head on the cached embeddings, from several seeds."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace

from heads import HEADS, get_head
from heads.base import Head
from pipeline.params import load_params
from pipeline.splitting.partition import Plan
from pipeline.stage import run
from pipeline.training.cohort import read_cohort
from pipeline.training.fitted import write_fitted
from pipeline.training.further_trainings import train_extras
from pipeline.training.spent import fit_timed, plus
from radbank.errors import RadbankError


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the head that the command line names; write model, predictions, metrics and cost."""
    start = time.perf_counter()
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__)
    parser.add_argument("head", help=f"one of {', '.join(HEADS)}")
    name = parser.parse_args(arguments).head
    params = load_params()
    if name not in params.heads.names:
        get_head(name)
        raise RadbankError(f"params.yaml has no block heads.{name}: write it, with all its keys.")

    def make(seed: int) -> Head:
        return params.heads[name].make(name, seed=seed)

    cohort = read_cohort(params.backbone)
    train, validation = cohort.part("train"), cohort.part("validation")
    head, spent = fit_timed(lambda: make(params.seed), train, validation)
    split = params.split
    extras = train_extras(
        make,
        train,
        validation,
        seeds=range(params.seed, params.seed + params.seeds),
        plan=Plan(test=0, validation=split.validation, folds=split.folds, seed=params.seed),
        classes=cohort.classes,
    )
    spent = replace(
        spent, search=plus(spent.search, extras.inner_cv), other_seeds=extras.other_seeds
    )
    print(
        write_fitted(
            head,
            cohort,
            n_train=len(train),
            spent=spent,
            start=start,
            extras=extras,
            evaluate=params.evaluate,
            seed=params.seed,
        )
    )


if __name__ == "__main__":
    run(main)
