"""The leaderboard as text: a table for the terminal, and CSV."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from rich.console import Group
from rich.table import Table

from pipeline.artifacts.cells import guard
from pipeline.artifacts.results import Estimate
from pipeline.leaderboard.board import Board, Cohort, Row
from pipeline.reporting.sections.pairs import p_value
from pipeline.reporting.text import number, percent, seconds_or_none

_INTERVAL = 16  # columns, as of '-0.123 to +0.123'
_NOTE = (
    "* p adjusted by Holm for all models of a table. s/1,000: seconds per 1,000 images of training "
    "and search, of a head with the embeddings that it uses; below, of inference."
)
_ESTIMATES = ("auc", "sensitivity", "specificity", "accuracy", "f1", "brier")
COLUMNS = (
    *("cohort", "split", "n", "n_patients", "synthetic", "experiment", "same_as", "model", "arm"),
    *("backbone", "weights", "random_weights", "trainings", "validation_auc", "best"),
    *(f"{name}{end}" for name in _ESTIMATES for end in ("", "_low", "_high")),
    *("difference", "difference_low", "difference_high", "p", "p_holm", "verdict", "threshold"),
    *("training_seconds_per_1000", "inference_seconds_per_1000", "device", "engine", "precision"),
    *("passes", "gflops", "parameters", "peak_memory", "peak_device_memory", "joules", "date"),
)


def tables(board: Board) -> Group:
    """Return a table for each cohort, under words on what it is of."""
    shown: list[Table | str] = []
    for place, cohort in enumerate(board.cohorts):
        if place:
            shown.append("\nOTHER DATA, SPLITS OR LABELS, not comparable with those above:")
        shown += [cohort.size, *cohort.cautions, cohort.best_note, "", _table(cohort)]
    shown.append(f"\n{percent(board.confidence)} intervals by patient. {_NOTE}")
    return Group(*shown, *board.problems)


def _table(cohort: Cohort) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("experiment", overflow="fold")
    table.add_column("backbone", overflow="fold")
    table.add_column("model", no_wrap=True)
    for title in ("AUC", "less the best's"):
        table.add_column(title, justify="right", min_width=_INTERVAL)
    for title in ("p*", "sens.", "spec.", "Brier", "s/1,000"):
        table.add_column(title, justify="right", no_wrap=True)
    for row, experiments in cohort.distinct:
        table.add_row(
            f"{experiments}\n{row.date:%Y-%m-%d}",
            f"{row.backbone}\nRANDOM WEIGHTS" if row.random_weights else row.backbone,
            row.model if row.arm == row.model else f"{row.model}\n{row.arm}",
            _two_lines(row.auc),
            "best on validation" if row.best else _compared(row),
            "" if row.best or row.difference is None else p_value(row.difference.p_holm),
            *(number(each.value) for each in (row.sensitivity, row.specificity, row.brier)),
            f"{seconds_or_none(row.training_seconds)}\n{seconds_or_none(row.inference_seconds)}",
        )
    return table


def _compared(row: Row) -> str:
    """Return the difference to the best with its interval, or why there is none."""
    if row.difference is None or row.difference.low is None:
        return row.verdict
    return _two_lines(row.difference, signed=True)


def _two_lines(estimate: Estimate, *, signed: bool = False) -> str:
    """Write a value, and below it the interval."""
    value = number(estimate.value, signed=signed)
    if estimate.low is None or estimate.high is None:
        return value
    low, high = (number(end, signed=signed) for end in (estimate.low, estimate.high))
    return f"{value}\n{low} to {high}"


def to_csv(board: Board) -> str:
    """Return every row of every cohort; what is not defined is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: guard(cell) if isinstance(cell, str) else cell for name, cell in cells.items()}
        for cells in _cells(board)
    )
    return text.getvalue()


def _cells(board: Board) -> Iterator[dict[str, object]]:
    for cohort in board.cohorts:
        of_all = cohort.model_dump(include={"split", "n", "n_patients", "synthetic"})
        for row in cohort.rows:
            plain = row.model_dump(exclude={*_ESTIMATES, "difference", "cost"})
            estimates = {name: getattr(row, name) for name in _ESTIMATES}
            if row.difference is not None:
                estimates["difference"] = row.difference
                plain |= {"p": row.difference.p, "p_holm": row.difference.p_holm}
            for name, estimate in estimates.items():
                plain[name] = estimate.value
                plain |= {f"{name}_low": estimate.low, f"{name}_high": estimate.high}
            yield {
                **of_all,
                "cohort": cohort.sha256[:12],
                **plain,
                **_cost_cells(row),
                "date": row.date.isoformat(),
            }


def _cost_cells(row: Row) -> dict[str, object]:
    """Return what training and search cost, and the seconds of inference."""
    if row.cost is None:
        return {}
    of_all = ("device", "engine", "precision", "parameters", "peak_memory", "peak_device_memory")
    return {
        "training_seconds_per_1000": row.training_seconds,
        "inference_seconds_per_1000": row.inference_seconds,
        **{name: getattr(row.cost, name) for name in of_all},
        **row.cost.to_train.model_dump(include={"passes", "gflops", "joules"}),
    }


def is_table(path: Path) -> bool:
    """Tell whether a file is what :func:`to_csv` returned."""
    return path.is_file() and path.read_bytes().startswith(",".join(COLUMNS[:4]).encode())
