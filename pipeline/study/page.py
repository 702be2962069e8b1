"""study.html: a study as one HTML page that needs no other file and no script."""

from pathlib import Path

from pipeline.evaluation.wording import auc_name, capitalised
from pipeline.leaderboard.page import show_cautions, show_cohort
from pipeline.reporting.template import environment, style_sheet
from pipeline.reporting.text import percent
from pipeline.study.figure import auc_against_seconds
from pipeline.study.result import Result
from pipeline.study.text import MARK
from radbank import __version__


def to_html(result: Result) -> str:
    """Return the page's text."""
    cohort, level = result.board.cohorts[0], percent(result.board.confidence)
    auc = capitalised(auc_name(cohort.classes))
    return (
        environment()
        .get_template("study.html.j2")
        .render(
            version=__version__,
            style=style_sheet(),
            level=level,
            result=result,
            size=capitalised(cohort.size),
            cautions=show_cautions(result.board),
            cohort=show_cohort(cohort, 0, level),
            drawing=auc_against_seconds([row for row, _ in cohort.distinct], auc),
            auc=auc,
        )
    )


def is_study(path: Path) -> bool:
    """Tell whether a file is a page of a study, HTML or Markdown."""
    start = path.read_bytes()[:1000] if path.is_file() else b""
    return b' study">' in start or start.startswith(MARK.encode())
