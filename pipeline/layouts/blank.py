"""Words that stand in a table for nothing."""

_BLANK = {
    "", "-", "--", "---", ".", "?", "#n/a", "#na", "#ref!", "#value!", "<na>", "k.a.", "missing",
    "n.a.", "n/a", "na", "nan", "nat", "nil", "none", "null", "unknown",
}  # fmt: skip


def is_blank(cell: str) -> bool:
    """Tell whether a cell is empty or holds a word that programs and people write for nothing.

    Examples
    --------
    >>> [is_blank(cell) for cell in (" ", "NaN", "N/A", "none", "-", "0", "no finding")]
    [True, True, True, True, True, False, False]
    """
    return cell.strip().casefold() in _BLANK
