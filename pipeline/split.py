"""Stage split: decide once, by patient, what is for training, validation and test."""

import pandas as pd

from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.cells import to_csv
from pipeline.artifacts.images import open_images
from pipeline.params import load_params
from pipeline.paths import CASES, IMAGES, SPLITS
from pipeline.splitting.joins import read_joins
from pipeline.splitting.partition import Plan, join_duplicates, partition
from pipeline.splitting.summary import summarise
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
    labels = cases.given_labels.tolist()  # a second reading moves no image to another split
    splits = partition(ids, groups.tolist(), labels, official, plan, classes=cases.classes)
    write_text(SPLITS, to_csv(splits))
    print(summarise(splits, cases, plan, hashes=hashes))
    if links or n_absent:
        absent = f" ({n_absent} more are of images that are not here)" if n_absent else ""
        print(f"{params.split.join}: {len(links)} pairs kept on one side{absent}")


if __name__ == "__main__":
    run(main)
