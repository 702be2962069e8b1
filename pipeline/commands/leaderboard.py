"""radbank leaderboard: every experiment side by side, on the same cases."""

import argparse
import sys
from pathlib import Path

from pipeline.commands.help import HelpFormatter
from pipeline.params import load_params
from radbank.console import plain_console
from radbank.overwriting import check_output

EXAMPLE = """examples:
  radbank leaderboard
  radbank leaderboard --html leaderboard.html --csv leaderboard.csv
  radbank leaderboard --json
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "leaderboard",
        help="put all experiments side by side",
        description="Read the predictions of HEAD, of every DVC experiment and of the workspace, "
        "and put their models side by side: AUC with its interval, the paired difference to the "
        "model that is best on validation, p-values adjusted by Holm for all models, sensitivity "
        "and specificity at the threshold that validation chose, Brier score and cost. Runs on "
        "other images, labels or splits are listed apart. A run that cannot be read is named, and "
        "the others are shown. Nothing is computed anew or changed.",
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the rows to a CSV file too")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a self-contained page too")
    parser.set_defaults(handler=show)


def show(arguments: argparse.Namespace) -> None:
    """Print the leaderboard and write the files asked for.

    Raises
    ------
    RadbankError
        If there are no experiments to read, or a file would replace one of another kind.
    """
    from pipeline.leaderboard.page import is_page, to_html  # noqa: PLC0415 - takes seconds to import
    from pipeline.leaderboard.read import read_board  # noqa: PLC0415 - with dvc
    from pipeline.leaderboard.table import is_table, tables, to_csv  # noqa: PLC0415 - as above
    from pipeline.statistics.bootstrap import Intervals  # noqa: PLC0415 - takes seconds to import
    from radbank.files import write_text  # noqa: PLC0415 - as above

    outputs = (
        (arguments.csv, "--csv", is_table, to_csv),
        (arguments.html, "--html", is_page, to_html),
    )
    for path, option, wrote, _ in outputs:
        if path is not None:
            check_output(path, option, wrote=wrote)
    params = load_params()
    intervals = Intervals(
        n_bootstrap=params.evaluate.bootstrap,
        confidence=params.evaluate.confidence,
        seed=params.seed,
    )
    board = read_board(Path.cwd(), intervals=intervals)
    for path, _, _, written in outputs:
        if path is not None:
            write_text(path, written(board))
    if arguments.json:
        sys.stdout.write(f"{board.model_dump_json(indent=2)}\n")
        return
    plain_console().print(tables(board))
