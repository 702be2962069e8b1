"""radbank plan: how many patients it takes to show a difference of two AUCs."""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich.table import Table

from pipeline.commands.help import HelpFormatter
from radbank.console import plain_console
from radbank.errors import RadbankError

if TYPE_CHECKING:
    from pipeline.statistics.planning import Assumed

DESCRIPTION = """\
Say how many test patients it takes to show that one model has a higher AUC than another, before \
data are collected. Nothing is read or written.

What matters most is the difference: half of it takes about four times the patients. Two models \
that err on the same images (a high --correlation, as of two heads on one backbone) need fewer \
patients than two that have little in common. More images of a patient help less than more \
patients, the less the more alike the images are (--within). Both classes must be large: the \
rarer one decides.

The answer is for the paired test that radbank makes (two-sided, by patient). Try several values \
of what you do not know, and take the largest answer."""

EXAMPLE = """examples:
  radbank plan --auc 0.80 --difference 0.05
  radbank plan --auc 0.80 --difference 0.05 --correlation 0.8 --prevalence 0.2
  radbank plan --auc 0.80 --difference 0.05 --images 3 --patients 100 200 400
  radbank plan --auc 0.80 --difference 0.05 --power 0.9 --json
"""


@dataclass(frozen=True)
class PlannedCohort:
    """What so many patients would show.

    Attributes
    ----------
    patients, positive
        All, and those with positive images.
    power
        How likely the assumed difference is shown.
    detectable
        The smallest difference shown with the wished power; None where no AUC is high enough.
    """

    patients: int
    positive: int
    power: float
    detectable: float | None


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "plan",
        help="say how many patients show a difference of two AUCs",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    options = {
        "auc": (None, "AUC expected of the weaker model, as 0.80"),
        "difference": (None, "how much higher the other's AUC is, as 0.05"),
        "correlation": (
            0.5,
            "of the two models' scores among images of one class, 0 to below 1 (default: 0.5)",
        ),
        "prevalence": (0.3, "share of patients with positive images (default: 0.3)"),
        "images": (1.0, "images a patient (default: 1)"),
        "within": (
            0.5,
            "of a model's scores of two images of one patient, 0 to below 1 (default: 0.5)",
        ),
        "power": (0.8, "how likely the difference is to be shown if it is there (default: 0.8)"),
        "confidence": (0.95, "one minus the two-sided level of the test (default: 0.95)"),
    }
    for name, (default, meaning) in options.items():
        parser.add_argument(
            f"--{name}",
            type=float,
            required=default is None,
            default=default,
            metavar="NUMBER",
            help=meaning,
        )
    parser.add_argument(
        "--patients",
        type=int,
        nargs="+",
        default=[],
        metavar="NUMBER",
        help="also say what so many patients would show",
    )
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    parser.set_defaults(handler=show)


def show(arguments: argparse.Namespace) -> None:
    """Compute and print.

    Raises
    ------
    RadbankError
        If a number is out of its range.
    """
    from pipeline.statistics.planning import (  # noqa: PLC0415 - scipy takes a second to import
        Assumed,
        detectable_by,
        patients_to_plan,
    )

    _check(arguments)
    assumed = Assumed(
        auc=arguments.auc,
        difference=arguments.difference,
        correlation=arguments.correlation,
        prevalence=arguments.prevalence,
        images=arguments.images,
        within=arguments.within,
    )
    confidence, power = arguments.confidence, arguments.power
    needed = patients_to_plan(assumed, confidence, power)
    cohorts = [
        PlannedCohort(
            n,
            assumed.counts(n)[0],
            assumed.power(n, confidence),
            detectable_by(assumed, n, confidence, power),
        )
        for n in (*([needed] if needed else []), *arguments.patients)
    ]
    if arguments.json:
        found = {
            "assumed": asdict(assumed),
            "confidence": confidence,
            "power": power,
            "patients_needed": needed,
            "cohorts": [asdict(each) for each in cohorts],
        }
        json.dump(found, sys.stdout, indent=2)
        print()
        return
    console = plain_console()
    console.print(_answer(needed, assumed, power, confidence))
    if cohorts:
        console.print(_table(cohorts, assumed, power))


def _check(given: argparse.Namespace) -> None:
    """Refuse numbers that are no AUC, share, correlation or count."""
    ranges = {
        "auc": (0.5 <= given.auc < 1, "from 0.5 to below 1"),
        "difference": (
            0 < given.difference < 1 - given.auc,
            "above 0, and so that both AUCs are below 1",
        ),
        "correlation": (0 <= given.correlation < 1, "from 0 to below 1"),
        "prevalence": (0 < given.prevalence < 1, "between 0 and 1"),
        "images": (1 <= given.images < float("inf"), "1 or more"),
        "within": (0 <= given.within < 1, "from 0 to below 1"),
        "power": (0.5 <= given.power < 1, "from 0.5 to below 1"),
        "confidence": (0.5 <= given.confidence < 1, "from 0.5 to below 1"),
    }
    for name, (right, allowed) in ranges.items():
        if not right:
            raise RadbankError(
                f"--{name} is {getattr(given, name):g}: give a number that is {allowed}."
            )
    for number in given.patients:
        if number < 1:
            raise RadbankError(f"--patients holds {number}: give numbers of 1 or more.")


def _answer(needed: int | None, assumed: "Assumed", power: float, confidence: float) -> str:
    """Return the answer as a sentence."""
    sought = f"an AUC of {assumed.auc + assumed.difference:g} against one of {assumed.auc:g}"
    test = f"with {100 * power:g} % power at a two-sided level of {100 * (1 - confidence):g} %"
    if needed is None:
        return f"More than ten million patients are needed to show {sought} {test}."
    positive, _ = assumed.counts(needed)
    return f"{needed:,} patients, {positive:,} of them with positive images, show {sought} {test}."


def _table(cohorts: list[PlannedCohort], assumed: "Assumed", power: float) -> Table:
    table = Table(
        "patients",
        "positive",
        f"power for {assumed.difference:g}",
        f"smallest difference with {100 * power:g} % power",
        box=None,
    )
    for column in table.columns:
        column.justify = "right"
    for each in cohorts:
        table.add_row(
            f"{each.patients:,}",
            f"{each.positive:,}",
            f"{100 * each.power:.0f} %",
            "none" if each.detectable is None else f"{each.detectable:.3f}",
        )
    return table
