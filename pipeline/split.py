"""Stage split: decide once, by patient, what is for training, validation and test."""

import numpy as np
import pandas as pd

from pipeline.cases import Cases, read_cases
from pipeline.imaging.store import open_images
from pipeline.joins import read_joins
from pipeline.params import load_params
from pipeline.partition import SPLITS, Plan, join_duplicates, partition
from pipeline.paths import CASES, IMAGES
from pipeline.paths import SPLITS as SPLITS_FILE
from pipeline.stage import run
from radbank.errors import RadbankError
from radbank.files import write_text


def main() -> None:
    """Read the cases and their pixels' hashes; write data/splits.csv."""
    params = load_params()
    cases = read_cases(CASES)
    frame = cases.frame
    with open_images(IMAGES) as images:
        ids, hashes = images.ids, images.pixel_sha256
    if ids != frame["id"].tolist():
        raise RadbankError(f"{IMAGES} and {CASES} hold other cases: run `dvc repro prepare`.")
    plan = Plan(
        test=params.split.test,
        validation=params.split.validation,
        folds=params.split.folds,
        seed=params.seed,
    )
    links, n_absent = read_joins(params.split.join, ids)
    groups = join_duplicates(frame["group"].tolist(), hashes, links)
    official = [None if pd.isna(name) else name for name in frame["official_split"]]
    labels = frame["label"].tolist()
    splits = partition(ids, groups.tolist(), labels, official, plan, classes=cases.classes)
    write_text(SPLITS_FILE, splits.to_csv(index=False, lineterminator="\n"))
    print(summarise(splits, cases, plan, n_hashes=len(set(hashes))))
    if links or n_absent:
        absent = f" ({n_absent} more are of images that are not here)" if n_absent else ""
        print(f"{params.split.join}: {len(links)} pairs kept on one side{absent}")


def summarise(splits: pd.DataFrame, cases: Cases, plan: Plan, *, n_hashes: int) -> str:
    """Say in a few lines who went where.

    Parameters
    ----------
    splits
        As :func:`pipeline.partition.partition` returns it.
    cases
        In the same order.
    plan
        What was asked for.
    n_hashes
        Number of different images.
    """
    labels = cases.frame["label"].to_numpy()
    lines = [f"{'split':<11}{'patients':>9}{'images':>8}  " + " / ".join(cases.classes)]
    for name in SPLITS:
        inside = (splits["split"] == name).to_numpy()
        if inside.any():
            counts = np.bincount(labels[inside], minlength=len(cases.classes))
            lines.append(
                f"{name:<11}{splits['group'][inside].nunique():>9}{inside.sum():>8}  "
                + " / ".join(map(str, counts))
            )
    joined = cases.frame["group"].nunique() - splits["group"].nunique()
    lines.append(f"exact duplicates: {len(splits) - n_hashes}, patients joined: {joined}")
    official = set(cases.frame["official_split"].dropna())
    if "test" in official:
        lines.append(
            f"The official test set stays whole: split.test ({plan.test}) is ignored, and "
            f"{(splits['split'] == 'excluded').sum()} images of patients it shares are excluded"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    run(main)
