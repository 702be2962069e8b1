import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.leakage.similar import similar_pairs


def unit(n, seed):
    vectors = np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def everything(first, second, cosine):
    return np.ones(len(first), dtype=bool)


@given(st.integers(0, 40), st.integers(1, 50), st.integers(0, 100), st.sampled_from([0.2, 0.9]))
@settings(max_examples=60, deadline=None)
def test_blocks_find_what_comparing_all_finds(n, block, seed, threshold):
    vectors = unit(n, seed)
    found = similar_pairs(vectors, threshold, everything, block=block)
    cosines = vectors @ vectors.T
    expected = {(i, j) for i in range(n) for j in range(i + 1, n) if cosines[i, j] >= threshold}
    assert set(zip(found.first.tolist(), found.second.tolist(), strict=True)) == expected
    assert found.n_found == len(expected)
    assert (np.diff(found.similarity) <= 0).all()


def test_the_most_similar_are_kept_and_all_are_counted():
    vectors = unit(60, 1)
    every = similar_pairs(vectors, 0.0, everything)
    few = similar_pairs(vectors, 0.0, everything, block=7, limit=10)
    assert few.n_found == every.n_found > 10
    assert few.similarity.tolist() == every.similarity[:10].tolist()


def test_only_what_is_wanted_counts():
    vectors = unit(30, 2)
    even = similar_pairs(vectors, 0.0, lambda first, second, cosine: (first + second) % 2 == 0)
    assert even.n_found == len(even.first) > 0
    assert ((even.first + even.second) % 2 == 0).all()
