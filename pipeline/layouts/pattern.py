"""Find the patient in a file's name or path by a regular expression."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from radbank.errors import RadbankError


def find_patients(pattern: str, paths: Sequence[str]) -> list[str | None]:
    r"""Return the patient of each file, None where the pattern finds none.

    The pattern is searched in the stem of each file's name; if it finds no patient in any stem, in
    the path below the root.

    Parameters
    ----------
    pattern
        Its first group that takes part in a match, or the whole match, is the patient.
    paths
        Below the root, with forward slashes.

    Raises
    ------
    RadbankError
        If the pattern is no regular expression, or finds no patient in any path.

    Examples
    --------
    >>> find_patients(r"p\d+", ["ill/p1_a.png", "ill/other.png"])
    ['p1', None]
    >>> find_patients(r"p\d+", ["ill/p1/a.png", "ill/p2/a.png"])
    ['p1', 'p2']
    """
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise RadbankError(f"data.group_pattern is no regular expression: {error}.") from None
    for texts in ([PurePosixPath(path).stem for path in paths], paths):
        found = [_search(expression, text) for text in texts]
        if any(found) or not paths:
            return found
    raise RadbankError(
        f"data.group_pattern ({pattern}) finds a patient in none of {len(paths)} files, neither in "
        "their names nor in their paths below data.root: correct it, or set it to null if every "
        "image is of another patient."
    )


def _search(expression: re.Pattern[str], text: str) -> str | None:
    match = expression.search(text)
    if match is None:
        return None
    if not expression.groups:
        return match[0].strip() or None
    return next((group.strip() for group in match.groups() if group and group.strip()), None)
