"""The last stage: the evidence on one page, report/index.html."""

import pandas as pd

from pipeline import paths
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.splits import read_splits
from pipeline.leakage.find import COLUMNS
from pipeline.params import load_params
from pipeline.reporting.costs import read_costs
from pipeline.reporting.evidence import read_curves, read_leak_counts, read_summary
from pipeline.reporting.experiments import read_crossvalidation, read_limits
from pipeline.reporting.findings import read_findings
from pipeline.reporting.page import Evidence, render
from pipeline.stage import run
from radbank.files import sha256_file, write_text

_CURVES = (
    "roc",
    "class_roc",
    "precision_recall",
    "calibration",
    "decision",
    "confusion",
    "learning",
)
_CHECKED = (
    paths.CASES,
    paths.QUARANTINE,
    paths.SPLITS,
    paths.LEAKS,
    paths.SUMMARY,
    paths.SCORES,
    paths.COMPARISONS,
    paths.CALIBRATION,
    paths.SUBGROUPS,
    paths.SHORTCUTS,
)
_LEAK_TYPES = {name: "float64" if name == "similarity" else "str" for name in COLUMNS}


def main() -> None:
    """Read what the other stages wrote and write the page."""
    params = load_params()
    summary = read_summary(paths.SUMMARY)
    models = list(summary.models)
    evidence = Evidence(
        params=params,
        summary=summary,
        costs=read_costs(models),
        findings=read_findings(two_classes=summary.two_classes),
        curves={kind: read_curves(paths.PLOTS, kind, models) for kind in _CURVES},
        crossvalidation=read_crossvalidation(paths.CROSSVALIDATION),
        limits=read_limits(paths.LIMITS),
        cases=read_cases(paths.CASES),
        splits=read_splits(paths.SPLITS),
        quarantine=pd.read_csv(paths.QUARANTINE, dtype=str, keep_default_na=False),
        leak_counts=read_leak_counts(paths.LEAK_COUNTS),
        leaks=pd.read_csv(paths.LEAKS, dtype=_LEAK_TYPES, keep_default_na=False),
        checksums={path.as_posix(): sha256_file(path) for path in _CHECKED},
    )
    write_text(paths.REPORT, render(evidence))


if __name__ == "__main__":
    run(main)
