"""Map a table's labels to classes: as they are, or one-vs-rest."""

from collections.abc import Sequence

from pipeline.layouts.blank import is_blank
from pipeline.layouts.misread import refuse_misread
from pipeline.layouts.spelling import whole
from radbank.errors import RadbankError

SEPARATOR = "|"
_SHOWN = 20


def split_labels(text: str) -> list[str]:
    """Return the labels that a cell joins by ``|``, sorted, each once.

    Words that stand for nothing are no labels, and whole numbers are written without a point.

    Examples
    --------
    >>> split_labels(" Nodule|Edema| Nodule|"), split_labels("nan"), split_labels("1.0")
    (['Edema', 'Nodule'], [], ['1'])
    """
    return sorted({whole(part.strip()) for part in text.split(SEPARATOR) if not is_blank(part)})


def why_unlabelled(text: str, table: str, noun: str = "label") -> str | None:
    """Return why a cell gives an image no label, or None if it gives it one.

    Parameters
    ----------
    text
        The cell.
    table
        Name of the table.
    noun
        What the layout calls a label.
    """
    if split_labels(text):
        return None
    words = [part.strip() for part in text.split(SEPARATOR) if part.strip()]
    if not words:
        return f"{table} gives it no {noun}"
    return f"its {noun} in {table} is {words[0]!r}, which stands for none"


def classify(
    findings: Sequence[Sequence[str]], positive: str | None, table: str
) -> tuple[list[int], tuple[str, ...]]:
    """Turn each image's labels into a class.

    Parameters
    ----------
    findings
        Labels of each image, at least one.
    positive
        The class that counts as positive. Where more than two labels occur, or an image has
        several, it stands against all images that do not have it. None: every image has one
        label, and classes are in the order of their names, the positive one of two last.
    table
        Name of the table, for errors.

    Returns
    -------
    labels
        Class of each image.
    classes
        Names by label.

    Raises
    ------
    RadbankError
        If fewer than two labels occur, `positive` is none of them, or it is None although an
        image has several, or labels are written in a way that radbank does not read.
    """
    positive = None if positive is None else whole(positive.strip())
    refuse_misread(findings, table, positive)
    names = sorted({name for each in findings for name in each})
    listed = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    several = next((each for each in findings if len(each) > 1), None)
    if len(names) < 2:
        raise RadbankError(
            f"{table} needs labels of at least two classes, and has {listed or 'none'}."
        )
    if positive is None:
        if several is not None:
            raise RadbankError(
                f"{table} gives an image several labels ({SEPARATOR.join(several)}): set "
                f"data.positive to the one that is to be told from the rest ({listed})."
            )
        return [names.index(each[0]) for each in findings], tuple(names)
    if positive not in names:
        raise RadbankError(
            f"data.positive is {positive!r}, which is no label in {table} ({listed})."
        )
    if len(names) == 2 and several is None:
        negative = next(name for name in names if name != positive)
    else:
        negative = f"not {positive}"
    return [int(positive in each) for each in findings], (negative, positive)
