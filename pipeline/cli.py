"""The command `radbank`."""

import argparse
import os
import sys
from collections.abc import Sequence

from pipeline.commands import (
    backbones,
    bank,
    doctor,
    estimate,
    features,
    init,
    leaderboard,
    plan,
    predict,
    reread,
    study,
)
from pipeline.commands.help import HelpFormatter
from pipeline.stage import run
from radbank import __version__

DESCRIPTION = """\
Transfer learning on medical images, with evidence. The pipeline itself runs with `dvc repro`; \
these commands look into it and use what it made."""

EXAMPLE = """examples:
  radbank doctor
  radbank predict --help
"""

COMMANDS = (
    init,
    doctor,
    backbones,
    estimate,
    features,
    bank,
    predict,
    leaderboard,
    study,
    plan,
    reread,
)
INTERRUPTED = 130  # 128 + SIGINT, as shells count


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="radbank",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"radbank {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; exit with 1 after a user's mistake, with 130 after Ctrl-C."""
    chosen = build_parser().parse_args(arguments)
    try:
        # The doctor checks the packages itself, and goes on if they are wrong.
        run(lambda: chosen.handler(chosen), anywhere=chosen.handler is doctor.show)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe; Python would print an error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
