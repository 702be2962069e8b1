"""From a project to its leaderboard."""

from pathlib import Path

from pipeline.leaderboard.board import Board
from pipeline.leaderboard.entries import read_run
from pipeline.leaderboard.ranking import rank, sort_entries
from pipeline.leaderboard.runs import find_runs
from pipeline.statistics.bootstrap import Intervals
from radbank.errors import RadbankError
from radbank.progress import track


def read_board(root: Path, *, intervals: Intervals) -> Board:
    """Read the predictions of every run of a project and rank them.

    Parameters
    ----------
    root
        Folder of dvc.yaml.
    intervals
        How intervals are made.

    Raises
    ------
    RadbankError
        If it is no project of DVC and git, or no run of it has predictions.
    """
    runs = find_runs(root)
    results = [read_run(root, run) for run in track(runs, "Reading", total=len(runs), unit="runs")]
    entries = [entry for each in results for entry in each.entries]
    problems = [problem for each in results for problem in each.problems]
    if not entries:
        raise RadbankError(
            " ".join(["No run of this project has predictions: run `dvc repro`.", *problems])
        )
    found = sort_entries(entries)
    return rank(found.cohorts, [*problems, *found.problems], intervals=intervals)
