"""Inclusion criteria by header values, and the limit on files in quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.artifacts.quarantine import Rejected, tabulate
from pipeline.params import Accept
from radbank.errors import RadbankError


def why_not(row: dict[str, object], accept: Accept) -> str | None:
    """Return why a case does not meet the inclusion criteria, or None if it meets them.

    Parameters
    ----------
    row
        A case by column name.
    accept
        The block ``data.accept`` of params.yaml.
    """
    for name in ("modality", "view"):
        wanted: list[str] | None = getattr(accept, name)
        if wanted is None:
            continue
        found = row[name]
        if found is None:
            return f"its header names no {name}, and data.accept.{name} asks for one"
        if str(found) not in {value.upper() for value in wanted}:
            return f"its {name} is {found}, which data.accept.{name} leaves out"
    return None


@dataclass(frozen=True)
class Tally:
    """The numbers of files that were listed and opened.

    Attributes
    ----------
    listed
        Files that the layout found, with a label or not.
    read
        Of those, the labelled ones that were opened.
    """

    listed: int
    read: int


def require_few(
    unlisted: Sequence[Rejected], unread: Sequence[Rejected], tally: Tally, limit: float
) -> None:
    """Refuse a data set if too large a share of its files cannot be used.

    Parameters
    ----------
    unlisted
        Files that the layout set aside, out of all.
    unread
        Files that could not be used, out of those opened. What `data.accept` leaves out is in
        neither, for that was asked for.
    tally
        The wholes that these are parts of.
    limit
        Largest share, ``data.max_quarantined`` of params.yaml.

    Raises
    ------
    RadbankError
        If the share is larger: with the table of reasons.
    """
    labelled = tally.listed - len(unlisted)
    # With data.limit, the files that were opened stand for those that were not.
    expected = len(unlisted) + len(unread) * labelled / max(tally.read, 1)
    share = expected / max(tally.listed, 1)
    if share > limit:
        raise RadbankError(
            f"{share:.1%} of the files cannot be used, more than data.max_quarantined allows "
            f"({limit:.1%}); data/quarantine.csv names them:\n"
            f"{tabulate([*unlisted, *unread])}\n"
            "Mend or remove them, or raise data.max_quarantined in params.yaml."
        )
