"""radbank doctor: check the installation, the machine and the project."""

import argparse
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.table import Table

from pipeline.commands.help import HelpFormatter
from radbank.console import plain_console
from radbank.errors import RadbankError

if TYPE_CHECKING:
    from pipeline.health.check import Check

EXAMPLE = """example:
  radbank doctor
"""
STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "doctor",
        help="check this machine and project before a run",
        description="Look at the installation, the machine, the decoders, Git and DVC, params.yaml "
        "and all that it names. Each finding is ok, warn (the present run works) or fail (it "
        "would not), with the way to mend it. The exit status is 1 if anything fails. Nothing is "
        "changed or downloaded.",
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.set_defaults(handler=show)


def show(_arguments: argparse.Namespace) -> None:
    """Print the findings.

    Raises
    ------
    RadbankError
        If something that params.yaml asks for would fail.
    """
    checks = list(_examine())
    plain_console().print(table(checks))
    failing = [check.subject for check in checks if check.status == "fail"]
    if failing:
        raise RadbankError(
            f"{len(failing)} of {len(checks)} checks failed ({', '.join(failing)}): see above for "
            "what to do."
        )
    print("Nothing stands in the way of `dvc repro`.")


def _examine() -> "Iterator[Check]":
    """Look at everything, and at the project only if its params.yaml can be read."""
    # importing torch takes seconds
    from pipeline.health.check import fail, ok  # noqa: PLC0415
    from pipeline.health.examine import examine_machine, examine_project  # noqa: PLC0415
    from pipeline.params import load_params  # noqa: PLC0415

    yield from examine_machine()
    try:
        params = load_params()
    except RadbankError as error:
        yield fail("params.yaml", str(error))
        return
    yield ok("params.yaml", "valid")
    yield from examine_project(params)


def table(checks: "Iterable[Check]") -> Table:
    """Return the findings as a table, which says in words how serious each is."""
    rows = Table("", "subject", "finding", box=None, pad_edge=False)
    rows.columns[2].overflow = "fold"
    for check in checks:
        rows.add_row(check.status, check.subject, check.finding)
        rows.rows[-1].style = STYLES[check.status] if check.status != "ok" else None
    return rows
