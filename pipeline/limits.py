"""Stage limits: fewer patients, wrong labels and other class balances, on cached features."""

import pandas as pd

from heads.logistic_regression import LogisticRegression
from pipeline import paths
from pipeline.classes import only_of_two
from pipeline.evaluation.by_class import auc_name
from pipeline.evaluation.heading import data_in_words, weights_in_words
from pipeline.examples import Cohort, read_cohort
from pipeline.experiments.balance import COLUMNS as BALANCE
from pipeline.experiments.balance import shifted_balance
from pipeline.experiments.bench import Bench
from pipeline.experiments.labels import noisy_labels
from pipeline.experiments.patients import fewer_patients
from pipeline.experiments.suspects import list_suspects
from pipeline.params import Params, load_params
from pipeline.stage import run
from radbank.files import atomic_path


def main() -> None:
    """Write curves/limits/: patients.csv, labels.csv, balance.csv and suspects.csv.

    Of more than two classes balance.csv has no rows.
    """
    params = load_params()
    cohort = read_cohort(params.backbone)
    bench = make_bench(cohort, params)
    settings = params.limits
    tables = {
        "patients": fewer_patients(bench, settings.patients, settings.repeats),
        "labels": noisy_labels(bench, settings.labels, settings.repeats),
        "balance": (
            shifted_balance(bench, settings.balances, settings.repeats)
            if bench.n_classes == 2
            else pd.DataFrame(columns=BALANCE)
        ),
        "suspects": list_suspects(bench, cohort.cases, cohort.examples),
    }
    with atomic_path(paths.LIMITS) as folder:
        folder.mkdir()
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    print(summary(cohort, tables))


def make_bench(cohort: Cohort, params: Params) -> Bench:
    """Take the splits, and logistic regression with the penalty that its training chose.

    The penalty is the one chosen inside the whole training split; neither validation nor test
    had a say. Without a test split everything is scored on validation.
    """
    head = LogisticRegression.load(paths.head_model(LogisticRegression.name))
    splits = set(cohort.cases["split"])
    return Bench(
        train=cohort.part("train"),
        validation=cohort.part("validation"),
        test=cohort.part("test" if "test" in splits else "validation"),
        settings={**head.hyperparameters(), "C": [head.chosen()["C"]]},
        confidence=params.evaluate.confidence,
        seed=params.seed,
    )


def summary(cohort: Cohort, tables: dict[str, pd.DataFrame]) -> str:
    """Say in a few lines what the curves show."""
    synthetic, random = (bool(cohort.attributes[key]) for key in ("synthetic", "weights_random"))
    weights = weights_in_words(cohort.attributes["weights"], random=random)
    auc = auc_name(cohort.classes)
    lines = [f"data: {data_in_words(synthetic=synthetic)}, weights: {weights}; {auc} on test"]
    lines += [
        f"{row.patients:>6} patients ({row.share:.0%}): {row.value:.3f} "
        f"({row.low:.3f} to {row.high:.3f})"
        for row in tables["patients"].itertuples()
    ]
    for row in tables["labels"].to_dict("records"):
        planted = row["kind"] == "flipped" and row["share"] > 0
        found = f"; {row['found']:.0%} found, {row['right']:.0%} right" if planted else ""
        lines.append(
            f"{row['share']:>6.0%} of labels {row['kind']}: {row['value']:.3f} "
            f"({row['low']:.3f} to {row['high']:.3f}){found}"
        )
    suspects = tables["suspects"]
    lines.append(f"{len(suspects)} suspect labels, {', '.join(suspects['id'][:5])} first")
    if len(cohort.classes) > 2:
        lines.append(only_of_two("Experiments with the balance of classes", cohort.classes))
    return "\n".join(lines)


if __name__ == "__main__":
    run(main)
