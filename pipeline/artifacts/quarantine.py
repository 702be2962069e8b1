"""data/quarantine.csv: the files that were set aside, each with its reason."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts.cells import guard
from radbank.errors import RadbankError
from radbank.files import write_text


@dataclass(frozen=True)
class Rejected:
    """A file set aside, with one clause that says why."""

    path: str
    reason: str


class UnusableFilesError(RadbankError):
    """Files stop the run as a whole.

    Parameters
    ----------
    message
        One sentence, which names no file.
    rejected
        The files, each with its reason.
    """

    def __init__(self, message: str, rejected: Sequence[Rejected]) -> None:
        super().__init__(message)
        self.rejected = rejected


@contextmanager
def listing_rejected(rejected: Sequence[Rejected]) -> Iterator[None]:
    """Let a :class:`RadbankError` take along the files that were set aside before it."""
    try:
        yield
    except RadbankError as error:
        raise UnusableFilesError(str(error), rejected) from None


def write_quarantine(path: str | Path, rejected: Iterable[Rejected]) -> None:
    """Write columns path and reason, sorted by path; the header alone if nothing was set aside."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["path", "reason"])
    writer.writerows(sorted((guard(item.path), guard(item.reason)) for item in rejected))
    write_text(path, text.getvalue())


def count_reasons(rejected: Iterable[Rejected]) -> str:
    """Say how often each reason was given, the most frequent first: ``3 empty, 1 truncated``."""
    counts = Counter(item.reason for item in rejected)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return "; ".join(f"{count} because {reason}" for reason, count in ranked)


def tabulate(rejected: Iterable[Rejected]) -> str:
    """Return a line for each reason, with its count, the most frequent first."""
    counts = Counter(item.reason for item in rejected)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return "\n".join(f"{count:8d}  {reason}" for reason, count in ranked)
