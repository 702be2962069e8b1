"""Stage crossvalidate: every head on every fold of every repeat (split.scheme: cv)."""

import time

from pipeline import paths
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.provenance import weights_in_words
from pipeline.params import load_params
from pipeline.stage import run
from pipeline.training.cohort import read_cohort
from pipeline.training.cross_validated import origin, write_cross_validated
from pipeline.training.crossvalidation import out_of_fold, without_official_test
from radbank.files import write_json


def main() -> None:
    """Write predictions/cv/<head>.csv and metrics/crossvalidation.json.

    With split.scheme: holdout there is nothing to do, and both say so by being empty.
    """
    params = load_params()
    cohort = without_official_test(read_cohort(params.backbone), read_cases(paths.CASES).frame)
    repeats = params.split.repeats if params.split.scheme == "cv" else 0
    start = time.perf_counter()
    found = out_of_fold(cohort, params, repeats)
    seconds = time.perf_counter() - start

    attributes = cohort.attributes
    about = origin(
        cohort.cases,
        cohort.classes,
        params.split,
        repeats=repeats,
        synthetic=bool(attributes["synthetic"]),
        backbone=attributes["backbone"],
        weights=weights_in_words(attributes["weights"], random=bool(attributes["weights_random"])),
    )
    said = write_cross_validated(
        found,
        about,
        predictions=paths.OUT_OF_FOLD,
        metrics=paths.CROSSVALIDATION,
        evaluate=params.evaluate,
        seed=params.seed,
    )
    write_json(paths.COST / "crossvalidate.json", {"seconds": seconds})
    print(said)


if __name__ == "__main__":
    run(main)
