"""Stage limits: fewer patients, wrong labels and other class balances, on cached features."""

import pandas as pd

from pipeline import paths
from pipeline.artifacts.cells import to_csv
from pipeline.params import load_params
from pipeline.robustness.balance import COLUMNS as BALANCE
from pipeline.robustness.balance import shifted_balance
from pipeline.robustness.labels import noisy_labels
from pipeline.robustness.patients import fewer_patients
from pipeline.robustness.planted import plant_errors
from pipeline.robustness.summary import make_bench, summary
from pipeline.robustness.suspects import list_suspects
from pipeline.stage import run
from pipeline.training.cohort import read_cohort
from radbank.files import write_text


def main() -> None:
    """Write curves/limits/: patients.csv, labels.csv, balance.csv, planted.csv and suspects.csv.

    Of more than two classes balance.csv has no rows; where planted errors are not found clearly
    above chance suspects.csv has none.
    """
    params = load_params()
    cohort = read_cohort(params.backbone)
    bench = make_bench(cohort, params)
    settings = params.limits
    planted = plant_errors(bench, cohort.examples)
    listed = list_suspects(bench, cohort.cases, cohort.examples)
    tables = {
        "patients": fewer_patients(bench, settings.patients, settings.repeats),
        "labels": noisy_labels(bench, settings.labels, settings.repeats),
        "balance": (
            shifted_balance(bench, settings.balances, settings.repeats)
            if bench.n_classes == 2
            else pd.DataFrame(columns=BALANCE)
        ),
        "planted": planted.table,
        "suspects": listed if planted.clear else listed[:0],
    }
    for name, table in tables.items():
        if name != "suspects":
            table.insert(0, "model", settings.head)
        text = to_csv(table)
        write_text(paths.LIMITS / f"{name}.csv", text)
    print(summary(cohort, tables))


if __name__ == "__main__":
    run(main)
