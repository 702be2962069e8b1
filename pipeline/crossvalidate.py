"""Stage crossvalidate: every head on every fold of every repeat (split.scheme: cv)."""

import time

from pipeline import paths
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.provenance import counted, data_in_words, weights_in_words
from pipeline.params import load_params
from pipeline.stage import run
from pipeline.training.cohort import read_cohort
from pipeline.training.crossvalidation import out_of_fold, summary, without_official_test
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

    synthetic, random = (bool(cohort.attributes[key]) for key in ("synthetic", "weights_random"))
    origin = {
        "data": data_in_words(synthetic=synthetic),
        "backbone": cohort.attributes["backbone"],
        "weights": weights_in_words(cohort.attributes["weights"], random=random),
        "scheme": params.split.scheme,
        "repeats": repeats,
        "folds": params.split.folds,
        "n": len(cohort.cases),
        "n_patients": int(cohort.cases["group"].nunique()),
        **counted(cohort.classes, cohort.cases["label"]),
        "interval": "patient-level percentile bootstrap of the mean over repeats",
    }
    for name, each in found.items():
        each.write(paths.OUT_OF_FOLD / f"{name}.csv", origin)
    scored = found if repeats else {}
    models = {
        name: each.score(
            n_bootstrap=params.evaluate.bootstrap,
            confidence=params.evaluate.confidence,
            seed=params.seed,
        )
        for name, each in scored.items()
    }
    write_json(paths.CROSSVALIDATION, {**origin, "models": models})
    write_json(paths.COST / "crossvalidate.json", {"seconds": seconds})
    print(summary(origin, models, cohort.classes))


if __name__ == "__main__":
    run(main)
