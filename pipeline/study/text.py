"""study.md: a study as Markdown."""

from collections.abc import Iterator, Sequence

from pipeline.evaluation.wording import capitalised
from pipeline.leaderboard.board import Row
from pipeline.reporting.sections.pairs import p_value
from pipeline.reporting.style import name_in_words
from pipeline.reporting.text import number, percent, seconds_or_none, with_interval
from pipeline.study.result import Result

MARK = "# Which backbone, which head, and is fine-tuning worth it?"


def to_markdown(result: Result) -> str:
    """Return the page's text."""
    return "\n".join([*_lines(result), ""])


def _lines(result: Result) -> Iterator[str]:
    cohort = result.board.cohorts[0]
    yield from (MARK, "", f"Made by `{result.command}`.", "")
    for caution in cohort.cautions:
        yield from (f"**{caution}.**", "")
    level = percent(result.board.confidence)
    yield f"{capitalised(cohort.size)}; {level} intervals, by patient."
    for answer in result.answers:
        yield from ("", f"## {answer.question}", "", answer.words)
        yield from ("", *(f"- {detail}" for detail in answer.details)) if answer.details else ()
    yield from ("", "## The claims of the seed study", "")
    yield from _table(
        ("claim", "here", "measured"),
        [(each.claim, f"**{each.verdict}**", each.measured) for each in result.claims],
    )
    yield from ("", "## Leaderboard", "", cohort.best_note, "")
    yield from _table(
        (
            "backbone",
            "model",
            "AUC",
            "less the best's",
            "p (Holm)",
            "accuracy",
            "F1",
            "training, seconds per 1,000 images",
            "inference, seconds per 1,000 images",
        ),
        [_row(row) for row, _ in cohort.distinct],
    )
    problems = (*result.failures, *result.board.problems)
    yield from (
        ("", "## Not run or not read", "", *(f"- {each}" for each in problems)) if problems else ()
    )


def _row(row: Row) -> tuple[str, ...]:
    difference = row.verdict
    if row.difference is not None and row.difference.low is not None:
        difference = with_interval(row.difference, signed=True)
    return (
        f"{row.backbone}{' (random weights)' if row.random_weights else ''}",
        name_in_words(row.model),
        number(row.auc.value) if row.auc.low is None else with_interval(row.auc),
        difference,
        p_value(row.difference.p_holm) if row.difference else "",
        number(row.accuracy.value),
        number(row.f1.value),
        seconds_or_none(row.training_seconds),
        seconds_or_none(row.inference_seconds),
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
