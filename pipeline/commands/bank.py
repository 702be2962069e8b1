"""radbank bank: list, verify and prune the cache of embeddings."""

import argparse
import time
from typing import TYPE_CHECKING

from rich.table import Table

from pipeline.commands.help import HelpFormatter
from radbank.console import plain_console
from radbank.errors import RadbankError

if TYPE_CHECKING:
    from features.bank.bank import Holding

EXAMPLE = """examples:
  radbank bank
  radbank bank verify
  radbank bank prune --to 10GB
  RADBANK_BANK=s3://bucket/radbank radbank bank
"""
_DAY = 24 * 3600  # seconds


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "bank",
        help="show, verify or prune the bank of embeddings",
        description="Without more words, list what the bank holds: one line for each way of "
        "computing embeddings. The bank lies where RADBANK_BANK says (an absolute path, or an "
        "address such as s3://bucket/radbank), else in RADBANK_HOME, else in the user's cache.",
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.set_defaults(handler=show)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    check = actions.add_parser(
        "verify",
        help="read every block and compare its checksum",
        description="Read every block and compare it with the checksum in its name. Damaged ones "
        "are named, and the exit status is 1; they are never served, and the next run that needs "
        "them replaces them.",
        epilog="example:\n  radbank bank verify\n",
        formatter_class=HelpFormatter,
    )
    check.set_defaults(handler=check_blocks)
    shrink = actions.add_parser(
        "prune",
        help="delete the blocks unused for longest until the bank fits a size",
        description="Delete the blocks unused for longest until the rest fits a size. On a remote "
        "store, where reading leaves no trace, those written first.",
        epilog="example:\n  radbank bank prune --to 10GB\n",
        formatter_class=HelpFormatter,
    )
    shrink.add_argument(
        "--to", required=True, metavar="SIZE", help="what may stay, such as 10GB or 500MB"
    )
    shrink.set_defaults(handler=shrink_bank)


def show(_arguments: argparse.Namespace) -> None:
    """Print what the bank holds."""
    from dask.utils import format_bytes  # noqa: PLC0415 - takes a while to import

    from features.bank.bank import Bank  # noqa: PLC0415 - as above

    bank = Bank()
    holdings = bank.holdings()
    console = plain_console()
    console.print(f"The bank is {bank.place}", soft_wrap=True)
    if not holdings:
        console.print("It holds nothing yet: `dvc repro extract` fills it.")
        return
    console.print(table(holdings, time.time()))
    console.print(f"\n{format_bytes(sum(holding.size for holding in holdings))} in all")


def check_blocks(_arguments: argparse.Namespace) -> None:
    """Verify every block.

    Raises
    ------
    RadbankError
        If any is damaged.
    """
    from dask.utils import format_bytes  # noqa: PLC0415 - as above

    from features.bank.bank import Bank  # noqa: PLC0415 - as above
    from features.bank.upkeep import verify  # noqa: PLC0415 - as above

    bank = Bank()
    blocks = size = damaged = 0
    for finding in verify(bank):
        blocks += 1
        size += finding.size
        if finding.problem is not None:
            damaged += 1
            print(f"damaged: {finding.path} ({finding.problem})")
    if damaged:
        raise RadbankError(
            f"{damaged:,} of {blocks:,} blocks in {bank.place} are damaged: they are not served, "
            "and the next run that needs their embeddings computes them again."
        )
    print(f"{blocks:,} blocks, {format_bytes(size)}: all are what their checksums say")


def shrink_bank(arguments: argparse.Namespace) -> None:
    """Prune the bank to a size.

    Raises
    ------
    RadbankError
        If the size cannot be read.
    """
    from dask.utils import format_bytes  # noqa: PLC0415 - as above

    from features.bank.bank import Bank  # noqa: PLC0415 - as above
    from features.bank.upkeep import prune  # noqa: PLC0415 - as above

    bank = Bank()
    limit = parse_size(arguments.to)
    deleted = prune(bank, limit)
    left = sum(holding.size for holding in bank.holdings())
    freed = sum(entry.size for entry in deleted)
    print(f"deleted {len(deleted):,} blocks, {format_bytes(freed)}; {format_bytes(left)} are left")


def parse_size(text: str) -> int:
    """Read a size such as '10GB', '1.5 TB', '500 MiB' or a number of bytes.

    Raises
    ------
    RadbankError
        If it is none.
    """
    from dask.utils import parse_bytes  # noqa: PLC0415 - as above

    try:
        if text.strip()[:1].isdigit():  # parse_bytes also takes an empty text and negative numbers
            return int(parse_bytes(text))
    except (ValueError, OverflowError):
        pass
    raise RadbankError(f"{text!r} is no size: write one such as 10GB, 500MB or 2GiB.")


def table(holdings: "list[Holding]", now: float) -> Table:
    """Return what the bank holds as a table.

    Parameters
    ----------
    holdings
        One a line.
    now
        In seconds since 1970.
    """
    from dask.utils import format_bytes  # noqa: PLC0415 - as above

    rows = Table("backbone", "computed by", "images", "embeddings", "size", "last used", box=None)
    rows.add_column("weights, layers", overflow="fold")
    for column in (2, 3, 4):
        rows.columns[column].justify = "right"
    for holding in holdings:
        made = holding.computation
        rows.add_row(
            made["backbone"] if made else holding.digest[:12],
            f"{made['engine']}, {made['precision']}, {made['device']}" if made else "not known",
            f"{holding.images:,}",
            f"{holding.embeddings:,}",
            format_bytes(holding.size),
            _ago(now - holding.used),
            f"{made['weights_sha256'][:12]}, {', '.join(made['layers'])}" if made else "",
        )
    return rows


def _ago(seconds: float) -> str:
    days = int(seconds // _DAY)
    return "today" if days < 1 else f"{days} day{'s' if days > 1 else ''} ago"
