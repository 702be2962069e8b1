"""Pairs of images to keep in one split, though their patient ids differ."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.artifacts.table import read_table
from radbank.errors import RadbankError

COLUMNS = ("id_a", "id_b")


def read_joins(path: str | Path, ids: Sequence[str]) -> tuple[list[tuple[int, int]], int]:
    """Read a table of pairs of ids, as rows of data/leaks.csv are.

    Parameters
    ----------
    path
        CSV with columns id_a and id_b; other columns are passed over. Its header alone joins
        nothing.
    ids
        The images that there are.

    Returns
    -------
    links
        Positions in `ids` of each pair.
    n_absent
        Number of pairs of which an image is not there (a smaller ``data.limit``, say).

    Raises
    ------
    RadbankError
        If the table is missing or lacks a column, or none of its pairs is of these images.
    """
    table = read_table(Path(path), COLUMNS)
    position = {case: index for index, case in enumerate(ids)}
    pairs = list(zip(table["id_a"], table["id_b"], strict=True))
    links = [(position[a], position[b]) for a, b in pairs if a in position and b in position]
    if pairs and not links:
        raise RadbankError(
            f"{path} (split.join) names pairs, {' and '.join(pairs[0])} first, but none of images "
            "that are here: empty it but for its header, or set another."
        )
    return links, len(pairs) - len(links)
