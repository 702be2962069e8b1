"""The result of one health check."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How serious a finding is."""

    OK = "ok"
    WARN = "warn"  # works as params.yaml stands; something else would not
    FAIL = "fail"  # what params.yaml asks for would fail


@dataclass(frozen=True)
class Check:
    """One finding.

    Attributes
    ----------
    status
        How serious it is.
    subject
        What was looked at, in a word or two.
    finding
        What was found and, unless all is well, how to mend it.
    """

    status: Status
    subject: str
    finding: str


def ok(subject: str, finding: str) -> Check:
    """Return a finding that all is well."""
    return Check(Status.OK, subject, finding)


def warn(subject: str, finding: str) -> Check:
    """Return a finding that does not stop the present run."""
    return Check(Status.WARN, subject, finding)


def fail(subject: str, finding: str) -> Check:
    """Return a finding that would stop the present run."""
    return Check(Status.FAIL, subject, finding)
