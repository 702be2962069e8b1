"""Parse sex, age and view from tables, by the allow-list of file headers."""

import math

from pipeline.imaging.header import VIEWS, parse_age

_SEXES = {"F": "F", "FEMALE": "F", "M": "M", "MALE": "M"}
_OLDEST = 120


def sex_of(text: str) -> str | None:
    """Return "F" or "M", or None for anything else."""
    return _SEXES.get(text.strip().upper())


def age_of(text: str) -> float | None:
    """Return years, or None where the text is no credible age.

    Examples
    --------
    >>> age_of("62"), age_of("62.5"), age_of("62,5"), age_of("006M"), age_of("414")
    (62.0, 62.5, 62.5, 0.5, None)
    """
    try:
        years = float(text.replace(",", "."))
    except ValueError:
        return parse_age(text)
    return years if math.isfinite(years) and 0 <= years <= _OLDEST else None


def view_of(text: str) -> str | None:
    """Return a view position, or None for what is none: free text can name a person."""
    view = text.strip().upper()
    return view if view in VIEWS else None
