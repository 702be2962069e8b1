"""The leaderboard as one HTML page that needs no other file and no script."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.evaluation.wording import auc_name, capitalised
from pipeline.leaderboard.board import Board, Cohort, Row
from pipeline.reporting.figures.forest import ForestRow, forest
from pipeline.reporting.sections.pairs import p_value
from pipeline.reporting.style import name_in_words, numbered_style
from pipeline.reporting.tables import Cell, cell
from pipeline.reporting.template import environment, style_sheet
from pipeline.reporting.text import number, percent, seconds_or_none, with_interval
from radbank import __version__

DRAWN = 24  # rows of a figure: more would not fit a screen
_SYNTHETIC = "No figure on this page says anything about patients."
_RANDOM = "Their rows say nothing about pretrained features."


def to_html(board: Board) -> str:
    """Return the page's text."""
    level = percent(board.confidence)
    return (
        environment()
        .get_template("leaderboard.html.j2")
        .render(
            version=__version__,
            style=style_sheet(),
            level=level,
            cautions=show_cautions(board),
            cohorts=[show_cohort(each, place, level) for place, each in enumerate(board.cohorts)],
            problems=board.problems,
        )
    )


def is_page(path: Path) -> bool:
    """Tell whether a file is what :func:`to_html` returned."""
    return path.is_file() and b' leaderboard">' in path.read_bytes()[:1000]


def show_cautions(board: Board) -> list[dict[str, str]]:
    """Say what the figures must not be mistaken for."""
    rows = [row for cohort in board.cohorts for row in cohort.rows]
    untrained = sorted({row.backbone for row in rows if row.random_weights})
    found = []
    if any(cohort.synthetic for cohort in board.cohorts):
        whole = all(cohort.synthetic for cohort in board.cohorts)
        where = _SYNTHETIC if whole else "The tables say which rows are of these."
        found.append({"words": "Synthetic data.", "meaning": f"A program drew the images. {where}"})
    if untrained:
        meaning = f"Not pretrained: {', '.join(untrained)}. {_RANDOM}"
        found.append({"words": "Random weights.", "meaning": meaning})
    return found


def show_cohort(cohort: Cohort, place: int, level: str) -> dict[str, Any]:
    """Return what the template shows of a cohort."""
    rows = cohort.distinct
    auc = capitalised(auc_name(cohort.classes))
    drawn = [row for row, _ in rows][:DRAWN]
    left_out = f" The {len(rows) - len(drawn)} lowest are left out." if len(rows) > DRAWN else ""
    return {
        "heading": capitalised(cohort.size)
        if place == 0
        else f"Apart: other data, splits or labels, {cohort.size}",
        "best_note": cohort.best_note,
        "basis": ". ".join(
            [*cohort.cautions, f"Hash of ids, patients, labels and splits: {cohort.sha256[:12]}"]
        )
        + ".",
        "auc": auc,
        "rows": [_row(row, experiments) for row, experiments in rows],
        "drawing": _drawing(drawn, f"board-{place}", auc),
        "caption": f"{auc} on the {cohort.split} split with {level} intervals, by patient; a "
        f"colour a backbone, hollow with random weights.{left_out}",
    }


def _row(row: Row, experiments: str) -> dict[str, Any]:
    """Return what the template shows of a row."""
    p = None if row.difference is None else row.difference.p_holm
    weights = "RANDOM WEIGHTS" if row.random_weights else row.weights
    seeds = f", {row.trainings} seeds" if row.trainings > 1 else ""
    return {
        "experiments": experiments,
        "date": f"{row.date:%Y-%m-%d}",
        "model": f"{_name(row)}{seeds}",
        "backbone": row.backbone,
        "weights": weights,
        "best": row.best,
        "auc": cell(row.auc),
        "difference": Cell("", "") if row.difference is None else cell(row.difference, signed=True),
        "verdict": row.verdict,
        "p": None if p is None else f"p {p_value(p)} (Holm)",
        "sensitivity": cell(row.sensitivity),
        "specificity": cell(row.specificity),
        "brier": number(row.brier.value),
        "seconds": Cell(
            seconds_or_none(row.training_seconds),
            f"{seconds_or_none(row.inference_seconds)} inference",
        ),
    }


def _name(row: Row) -> str:
    """Return a model's name and its arm, where the name does not say it."""
    words = capitalised(name_in_words(row.model))
    return words if row.arm in words.lower() else f"{words} ({row.arm})"


def _drawing(rows: list[Row], key: str, auc: str) -> Markup:
    """Draw the AUCs with their intervals, a line a row."""
    backbones = {name: place for place, name in enumerate(sorted({row.backbone for row in rows}))}
    lines = [
        ForestRow(
            f"{row.experiment}: {name_in_words(row.model)}, {row.backbone}",
            row.auc,
            numbered_style(backbones[row.backbone]),
            bold=row.best,
            hollow=row.random_weights,
        )
        for row in rows
    ]
    shown = "; ".join(f"{line.words} {with_interval(line.estimate)}" for line in lines)
    return forest(lines, key=key, x_label=auc, alt=f"Forest plot of {auc}. {shown}.")
