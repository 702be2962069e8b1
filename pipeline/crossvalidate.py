"""Stage crossvalidate: every head on every fold of every repeat (split.scheme: cv)."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from heads import ENSEMBLE, HEADS, get_head
from heads.base import Head, answer
from heads.ensemble import Ensemble
from pipeline import paths
from pipeline.cases import read_cases
from pipeline.evaluation.by_class import auc_in_words, threshold_for
from pipeline.evaluation.heading import (
    counted,
    counts_in_words,
    data_in_words,
    weights_in_words,
)
from pipeline.examples import Cohort, read_cohort
from pipeline.fitted import Fitted
from pipeline.out_of_fold import OutOfFold
from pipeline.params import Params, load_params
from pipeline.partition import Plan
from pipeline.resampling import Fold, cross_validate
from pipeline.stage import run
from radbank.files import write_json
from radbank.progress import track

MODELS = (*HEADS, ENSEMBLE)


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


def without_official_test(cohort: Cohort, cases: pd.DataFrame) -> Cohort:
    """Leave out the test set that came with the data: it stays unseen until the end."""
    official = set(cases["id"][cases["official_split"] == "test"])
    kept = ~cohort.cases["id"].isin(official).to_numpy()
    return Cohort(
        cohort.cases[kept].reset_index(drop=True),
        cohort.examples.take(kept),
        cohort.attributes,
        cohort.layers,
    )


def out_of_fold(cohort: Cohort, params: Params, repeats: int) -> dict[str, OutOfFold]:
    """Fit every head, and their ensemble, on every fold; return what they say outside it.

    Whatever a head tunes, it tunes in folds inside the fold's training part; what stops it early,
    calibrates it and chooses its threshold is a validation part that is set aside there too.
    """
    split = params.split
    plan = Plan(test=0, validation=split.validation, folds=split.folds, seed=params.seed)
    found = {name: OutOfFold.empty(cohort.cases, cohort.classes, repeats) for name in MODELS}
    folds = cross_validate(cohort.examples, plan, repeats, classes=cohort.classes)
    total = repeats * plan.folds
    for fold in track(folds, "crossvalidate", total=total, unit="folds"):
        held_out = cohort.examples.take(fold.held_out).embeddings
        for name, head in fit_all(fold, params).items():
            by_view = head.predict_views(fold.validation.embeddings)
            said = answer(by_view, average_views=head.average_views)
            into, at = found[name], (fold.repeat, fold.held_out)
            threshold = threshold_for(fold.validation.labels, said)
            into.threshold[at] = np.nan if threshold is None else threshold
            into.probability[at] = answer(
                head.predict_views(held_out), average_views=head.average_views
            )
            into.fold[at] = fold.number
    return found


def fit_all(fold: Fold, params: Params) -> dict[str, Fitted]:
    """Fit every head and the ensemble of params.yaml on a fold."""
    heads: dict[str, Head] = {
        name: get_head(name)(**getattr(params.heads, name).model_dump(), seed=params.seed)
        for name in HEADS
    }
    for head in heads.values():
        head.fit(fold.train, fold.validation)
    members: dict[str, Head] = {name: heads[name] for name in params.ensemble.members}
    return {**heads, ENSEMBLE: Ensemble.of(members, fold.validation)}


def summary(origin: Mapping[str, Any], models: Mapping[str, Any], classes: Sequence[str]) -> str:
    """Say in a line a head how it does out of fold."""
    if not models:
        return "split.scheme is holdout: no cross-validation (set it to cv)"
    heading = (
        f"{origin['repeats']} x {origin['folds']}-fold by patient, {origin['n']:,} images of "
        f"{origin['n_patients']:,} patients, {counts_in_words(origin)}; "
        f"data: {origin['data']}, weights: {origin['weights']}"
    )
    lines = [heading]
    for name, figures in models.items():
        auc, spread = figures["auc"], figures["auc_by_repeat"]
        lines.append(
            f"{name:<20} {auc_in_words(classes, auc)}, by repeat {_number(spread['smallest'])} to "
            f"{_number(spread['largest'])}; accuracy {_number(figures['accuracy']['value'])}"
        )
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "-" if value is None or np.isnan(value) else f"{value:.3f}"


if __name__ == "__main__":
    run(main)
