"""Say which patients a table names and the layout does not use."""

import re
from collections.abc import Iterable, Sequence

_PREFIX = (
    r"(?:anon|anonymi[sz]ed|dicom|deid|deidentified|nih|original|pseudo|study|the|true|unique)"
)
_WORD = (
    r"(?:patients?|patienten|paciente|subjects?|subj|persons?|people|participants?|individuals?"
    r"|probands?|pat|pt|case|mrn|pid)"
)
_SUFFIX = (
    r"(?:codes?|hash|identifier|ids?|index|key|names?|nr|num|number|nummer|no|pseudonym|ref|uid)"
)
_PATIENT = re.compile(rf"{_PREFIX}*{_WORD}{_SUFFIX}*\d*")


def patient_columns(names: Iterable[str]) -> list[str]:
    """Return the names that look like a column of patients, in order.

    Case, blanks and punctuation do not matter. Properties of a patient are none.

    Parameters
    ----------
    names
        Headers of columns.

    Examples
    --------
    >>> patient_columns(["path", "PatientID", "subject_id", "Patient Age", "pid", "grouped"])
    ['PatientID', 'subject_id', 'pid']
    """
    return [name for name in names if _PATIENT.fullmatch(re.sub(r"[\W_]+", "", name.lower()))]


def unused_patients(others: Iterable[str], table: str, advice: str) -> str | None:
    """Return a clause on the columns that look like a patient's and are not used, or None.

    Parameters
    ----------
    others
        Headers of the columns that the layout passes over.
    table
        Name of the table.
    advice
        What to do if such a column names the patients.
    """
    found = patient_columns(others)
    if not found:
        return None
    return (
        f"{table} has a column {' and a column '.join(map(repr, found))}, which looks like the "
        f"patient's and is not used: {advice} if it is, or rename it if it is not"
    )


def ungrouped(given: Sequence[bool], table: str) -> tuple[str, ...]:
    """Say how many images have no patient where others have one.

    Parameters
    ----------
    given
        Whether the table names a patient, of each image.
    table
        Name of the table.
    """
    lacking = len(given) - sum(given)
    if lacking in {0, len(given)}:
        return ()
    return (
        (
            f"{table} names no patient for {lacking} of {len(given)} images: each of them counts "
            "as a patient of its own."
        ),
    )
