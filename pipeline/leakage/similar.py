"""Blockwise search for all pairs of similar embeddings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: Rows compared with all others at once: 512 x 26,684 similarities are 55 MB.
BLOCK = 512

#: Pairs kept at most, the most similar ones; a set of endless copies must not fill the memory.
LIMIT = 100_000


@dataclass(frozen=True)
class Pairs:
    """Pairs of images.

    Attributes
    ----------
    first, second
        Positions of the two, `first` < `second`; arrays of shape (n_pairs,).
    similarity
        Cosine of the two.
    n_found
        How many pairs there are; more than `n_pairs` where only the most similar were kept.
    """

    first: np.ndarray
    second: np.ndarray
    similarity: np.ndarray
    n_found: int


def similar_pairs(
    unit: np.ndarray,
    threshold: float,
    wanted: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray],
    *,
    block: int = BLOCK,
    limit: int = LIMIT,
) -> Pairs:
    """Find the pairs whose cosine reaches a threshold.

    Parameters
    ----------
    unit
        Unit vectors, shape (n_images, n_directions).
    threshold
        Least cosine.
    wanted
        From first, second and similarity of some pairs to a mask of those that count.
    block
        Rows to compare at once.
    limit
        Pairs to keep at most.

    Returns
    -------
    Pairs
        By falling similarity, then by position.
    """
    first = second = np.empty(0, np.intp)
    similarity = np.empty(0, np.float32)
    n_found = 0
    for start in range(0, len(unit), block):
        cosines = unit[start : start + block] @ unit[start:].T
        row, column = np.nonzero(np.triu(cosines >= threshold, k=1))
        cosine = cosines[row, column]
        mask = wanted(row + start, column + start, cosine)
        n_found += int(np.count_nonzero(mask))
        first = np.concatenate([first, row[mask] + start])
        second = np.concatenate([second, column[mask] + start])
        similarity = np.concatenate([similarity, cosine[mask]])
        order = np.lexsort((second, first, -similarity))[:limit]
        first, second, similarity = first[order], second[order], similarity[order]
    return Pairs(first, second, similarity, n_found)
