"""What a study found: cells, leaderboard, answers, claims."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.artifacts.document import Document
from pipeline.leaderboard.board import Board, Row
from pipeline.leaderboard.entries import read_run
from pipeline.leaderboard.ranking import rank, sort_entries
from pipeline.leaderboard.runs import find_runs
from pipeline.statistics.bootstrap import Intervals
from pipeline.study.answers import Answer, answers
from pipeline.study.claims import Claim, claims
from pipeline.study.running import Ran
from pipeline.study.selection import by_backbone
from radbank.errors import RadbankError


class Result(Document):
    """A study.

    Attributes
    ----------
    command
        What makes it again.
    cells
        The experiments, by backbone.
    failures
        A sentence for each backbone without results.
    board
        The leaderboard of the study's experiments alone.
    answers, claims
        In words.
    """

    command: str
    cells: dict[str, str]
    failures: tuple[str, ...]
    board: Board
    answers: tuple[Answer, ...]
    claims: tuple[Claim, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the study's cases."""
        return self.board.cohorts[0].rows


def read_result(
    root: Path, ran: Sequence[Ran], command: str, intervals: Intervals, primary: str
) -> Result:
    """Read the experiments of the cells, and say what they show.

    Parameters
    ----------
    root
        Folder of dvc.yaml.
    ran
        The cells.
    command
        What makes the study again.
    intervals
        How intervals are made.
    primary
        The arm that was chosen beforehand to stand for fine-tuning.

    Raises
    ------
    RadbankError
        If no cell has results.
    """
    names = [each.cell.name for each in ran if each.failure is None]
    failures = [f"{each.cell.backbone}: {each.failure}" for each in ran if each.failure]
    runs = sorted(
        (run for run in find_runs(root) if run.name in names), key=lambda run: names.index(run.name)
    )
    results = [read_run(root, run) for run in runs]
    entries = [entry for each in results for entry in each.entries]
    if not entries:
        raise RadbankError(" ".join(["No backbone of the study has results.", *failures]))
    found = sort_entries(entries)
    problems = [problem for each in results for problem in each.problems]
    board = rank(found.cohorts, [*problems, *found.problems], intervals=intervals)
    standings = by_backbone(found.cohorts[0].scored, primary)
    return Result(
        command=command,
        cells={each.cell.backbone: each.cell.name for each in ran if each.failure is None},
        failures=tuple(failures),
        board=board,
        answers=answers(standings, intervals),
        claims=claims(standings, intervals),
    )
