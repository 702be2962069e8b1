"""radbank study: several backbones on one split, and what all of them show."""

import argparse
import shlex
import sys
from pathlib import Path

from pipeline.commands.help import HelpFormatter
from pipeline.params import Data, load_params
from pipeline.paths import DEMO
from radbank.console import plain_console
from radbank.errors import RadbankError
from radbank.files import write_text
from radbank.overwriting import check_output

EXAMPLE = """examples:
  radbank study --backbones efficientnet_lite0,efficientnet_lite1
  radbank study --backbones vgg19,resnet50,densenet121,inception_v3 --arms frozen
"""
HTML, MARKDOWN = Path("study.html"), Path("study.md")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "study",
        help="run several backbones and say what they show",
        description="Run the pipeline for each backbone that has no results yet, one after "
        "another, and write study.html and study.md: which backbone, which head, whether "
        "fine-tuning is worth it, and what is left of the seed study's claims. Each backbone "
        "becomes one DVC experiment, named by a hash of settings, code and data; one that is "
        "there is not run again. It runs in a copy of the project, so that params.yaml and the "
        "workspace stay as they are. A study that was killed goes on where it stopped.",
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("--backbones", required=True, metavar="NAME,NAME", help="which ones")
    parser.add_argument(
        "--arms",
        metavar="NAME,NAME",
        help="frozen (all heads), and arms of fine-tuning by name (default: all)",
    )
    parser.set_defaults(handler=study)


def study(arguments: argparse.Namespace) -> None:
    """Run what is missing, and write the pages.

    Raises
    ------
    RadbankError
        If an arm is not known, no backbone has results, or some have none (the pages are of the
        others then).
    """
    from pipeline.leaderboard.table import tables  # noqa: PLC0415 - takes seconds to import
    from pipeline.statistics.bootstrap import Intervals  # noqa: PLC0415 - imports scipy and pandas
    from pipeline.study.cells import plan, source_hashes, targets_of  # noqa: PLC0415 - with dvc
    from pipeline.study.page import is_study, to_html  # noqa: PLC0415 - as above
    from pipeline.study.result import read_result  # noqa: PLC0415 - as above
    from pipeline.study.running import run_cells  # noqa: PLC0415 - as above
    from pipeline.study.text import to_markdown  # noqa: PLC0415 - as above

    for path in (HTML, MARKDOWN):
        check_output(path, "The page of the study", wrote=is_study)
    params, root = load_params(), Path.cwd()
    intervals = Intervals(
        n_bootstrap=params.evaluate.bootstrap,
        confidence=params.evaluate.confidence,
        seed=params.seed,
    )
    sources = source_hashes(root) | _data_hashes(root, params.data)
    cells = plan(
        root,
        _names(arguments.backbones),
        sources,
        targets_of(root, _names(arguments.arms) if arguments.arms else None),
    )
    ran = run_cells(root, cells, [Path(path) for path in sources], _report)
    result = read_result(root, ran, _command(arguments), intervals, params.evaluate.primary)
    write_text(HTML, to_html(result))
    write_text(MARKDOWN, to_markdown(result))
    console = plain_console()
    console.print(tables(result.board))
    for answer in result.answers:
        console.print(f"\n{answer.question} {answer.words}")
    console.print(f"\n{HTML} and {MARKDOWN} say more.")
    if result.failures:
        raise RadbankError(
            f"{len(result.failures)} of {len(ran)} backbones have no results: "
            + " ".join(result.failures)
        )


def _data_hashes(root: Path, data: Data) -> dict[str, str]:
    """Return the fingerprint of the data set by each path that is read for it.

    None where the stage `demo` writes it and nothing else is read: what that reads is known.
    """
    from pipeline.ingestion.fingerprint import fingerprint  # noqa: PLC0415 - as above

    if Path(data.root) == DEMO and data.readings is None:
        return {}
    digest = str(fingerprint(Path(data.root), data.beside)["sha256"])
    return {str(root / path): digest for path in (Path(data.root), *data.beside)}


def _names(listed: str) -> list[str]:
    return [name for name in listed.split(",") if name]


def _command(arguments: argparse.Namespace) -> str:
    """Return the command that makes the study again."""
    words = ["radbank", "study", "--backbones", arguments.backbones]
    words += ["--arms", arguments.arms] if arguments.arms else []
    return shlex.join(words)


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
