"""radbank backbones: list backbones, and where their weights are."""

import argparse
from typing import TYPE_CHECKING

from rich.table import Table

from pipeline.commands.help import HelpFormatter
from radbank.console import plain_console

if TYPE_CHECKING:
    from features.backbones import Backbone

EXAMPLE = """examples:
  radbank backbones
  radbank backbones resnet18 timm:vit_small_patch16_224
  RADBANK_WEIGHTS=/data/weights radbank backbones
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "backbones",
        help="list the backbones and where their weights are",
        description="List the backbones, how wide their embeddings are, and where their ImageNet "
        "weights are right now. Nothing is downloaded.",
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; any name works")
    parser.add_argument(
        "--all", action="store_true", help="also name torchvision's other classification models"
    )
    parser.set_defaults(handler=show)


def show(arguments: argparse.Namespace) -> None:
    """Print the table."""
    from features import backbones  # noqa: PLC0415 - torch takes seconds to import

    table = Table("backbone", "weights", "input", "features", "parameters", "weights are", box=None)
    table.columns[0].no_wrap = True
    table.columns[1].overflow = "fold"
    for column in (2, 3, 4):
        table.columns[column].justify = "right"
    for name in arguments.names or backbones.names():
        table.add_row(*_row(backbones.describe(name)))
    console = plain_console()
    console.print(table)
    console.print(
        "\nInput in pixels; parameters without the classifier. Weights that are not here are "
        "downloaded when first used.\nAny other classification model of torchvision goes by its "
        "own name, any of timm as timm:NAME."
    )
    if arguments.all:
        console.print(f"\nTorchvision's others: {', '.join(backbones.other_names())}")


def _row(backbone: "Backbone") -> tuple[str, ...]:
    from features.weights import locate  # noqa: PLC0415 - torch takes seconds to import

    found = locate(backbone.weights_file)
    return (
        backbone.name,
        backbone.weights_name,
        str(backbone.preprocessing.input_size),
        str(backbone.n_features),
        f"{backbone.n_parameters / 1e6:.1f} M",
        "not here" if found is None else f"in the {found[0]}",
    )
