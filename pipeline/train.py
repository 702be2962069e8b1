"""Stage train: fit one head on the cached embeddings, and cross-validate it inside training."""

import argparse
import time
from collections.abc import Sequence

from heads import HEADS, get_head
from heads.base import Head
from pipeline.params import load_params
from pipeline.splitting.partition import Plan
from pipeline.stage import run
from pipeline.training.cohort import read_cohort
from pipeline.training.fitted import write_fitted
from pipeline.training.inner_cv import inner_cv
from radbank.errors import RadbankError


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the head that the command line names; write model, predictions, metrics and cost."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__)
    parser.add_argument("head", help=f"one of {', '.join(HEADS)}")
    name = parser.parse_args(arguments).head
    params = load_params()
    if name not in params.heads.names:
        get_head(name)
        raise RadbankError(f"params.yaml has no block heads.{name}: write it, with all its keys.")

    def make() -> Head:
        return params.heads[name].make(name, seed=params.seed)

    cohort = read_cohort(params.backbone)
    train, validation = cohort.part("train"), cohort.part("validation")
    start = time.perf_counter()
    head = make().fit(train, validation)
    fitted = time.perf_counter()
    split = params.split
    plan = Plan(test=0, validation=split.validation, folds=split.folds, seed=params.seed)
    inner = inner_cv(make, train, plan, cohort.classes)
    print(
        write_fitted(
            head,
            cohort,
            n_train=len(train),
            seconds=fitted - start,
            inner=inner,
            inner_seconds=time.perf_counter() - fitted,
            evaluate=params.evaluate,
            seed=params.seed,
        )
    )


if __name__ == "__main__":
    run(main)
