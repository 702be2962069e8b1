"""Find pairs of images that may cause data leakage, and summarise them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.artifacts.leaks import COLUMNS
from pipeline.leakage.person import could_be_one
from pipeline.leakage.similar import Pairs, similar_pairs

EXACT, NEAR, PERSON = KINDS = ("exact duplicate", "near duplicate", "same person?")


def find_leaks(
    cases: pd.DataFrame,
    splits: pd.DataFrame,
    pixel_sha256: Sequence[str],
    unit: np.ndarray,
    *,
    near_duplicate: float,
    same_person: float,
) -> tuple[pd.DataFrame, int]:
    """List pairs of images that are copies, or may be of one person.

    Parameters
    ----------
    cases
        As in data/cases.parquet.
    splits
        As in data/splits.csv, of the same images in the same order; as are the next two.
    pixel_sha256
        Hash of each image's pixels.
    unit
        Whitened embeddings (:func:`pipeline.leakage.whitening.whiten`).
    near_duplicate
        Similarity from which two images are near duplicates.
    same_person
        Similarity from which two images of different groups, whose sex, age and size agree, may be
        of one person.

    Returns
    -------
    pairs
        Columns :data:`pipeline.artifacts.leaks.COLUMNS`: groups are the patients as the data name
        them, kept_together tells whether the split treats the two as one. By kind, falling
        similarity and ids.
    n_more
        Number of less similar pairs that are not listed, because they are too many.
    """
    hashes = pd.factorize(np.asarray(pixel_sha256, dtype=object))[0]
    merged = pd.factorize(splits["group"])[0]

    def is_person(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        mask: np.ndarray = could_be_one(cases, first, second)
        mask &= merged[first] != merged[second]
        return mask

    def wanted(first: np.ndarray, second: np.ndarray, cosine: np.ndarray) -> np.ndarray:
        mask: np.ndarray = (cosine >= near_duplicate) | is_person(first, second)
        mask &= hashes[first] != hashes[second]
        return mask

    found = similar_pairs(unit, min(near_duplicate, same_person), wanted)
    near = found.similarity >= near_duplicate
    exact = _exact(hashes)
    kinds = np.concatenate([np.full(len(exact.first), EXACT), np.where(near, NEAR, PERSON)])
    first = np.concatenate([exact.first, found.first])
    second = np.concatenate([exact.second, found.second])
    table = {
        "kind": kinds,
        "similarity": np.concatenate([exact.similarity, found.similarity]).round(3),
    }
    for name, column in (
        ("id", cases["id"]),
        ("group", cases["group"]),
        ("split", splits["split"]),
    ):
        values = column.to_numpy(object)
        table |= {f"{name}_a": values[first], f"{name}_b": values[second]}
    table["kept_together"] = merged[first] == merged[second]
    pairs = pd.DataFrame(table)[list(COLUMNS)].sort_values(
        ["kind", "similarity", "id_a", "id_b"],
        ascending=[True, False, True, True],
        ignore_index=True,
    )
    return pairs, found.n_found - len(found.first)


def count(pairs: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count the pairs of each kind: all, of two groups, and on two sides of the split.

    An image that the split excludes is on no side.
    """
    used = (pairs["split_a"] != "excluded") & (pairs["split_b"] != "excluded")
    facts = {
        "pairs": pd.Series(data=True, index=pairs.index),
        "across_groups": pairs["group_a"] != pairs["group_b"],
        "across_splits": used & (pairs["split_a"] != pairs["split_b"]),
    }
    return {
        kind: {name: int((mask & (pairs["kind"] == kind)).sum()) for name, mask in facts.items()}
        for kind in KINDS
    }


def _exact(hashes: np.ndarray) -> Pairs:
    """Pair each image that has been seen before with the first one like it."""
    _, first_of = np.unique(hashes, return_index=True)
    first = first_of[hashes]
    second = np.arange(len(hashes))
    again = first != second
    n_again = int(again.sum())
    return Pairs(first[again], second[again], np.ones(n_again, np.float32), n_again)
