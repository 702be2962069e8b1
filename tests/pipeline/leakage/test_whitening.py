import numpy as np
import pytest

from pipeline.leakage.whitening import whiten


def images(n, d=20, seed=0):
    rng = np.random.default_rng(seed)
    # like embeddings of radiographs: one great common part, directions of unequal weight
    return 10 + rng.normal(size=(n, d)) * np.geomspace(3, 0.1, d)


def test_strangers_scatter_around_zero_and_copies_do_not():
    embeddings = images(300)
    copies = embeddings[:5] + np.random.default_rng(1).normal(scale=0.01, size=(5, 20))
    unit = whiten(np.concatenate([embeddings, copies]).astype(np.float32))
    assert unit.dtype == np.float32
    assert np.allclose(np.linalg.norm(unit, axis=1), 1, atol=1e-5)
    cosines = unit[:300] @ unit[300:].T
    assert np.diag(cosines[:5]).min() > 0.98
    assert abs(np.median(cosines)) < 0.05


def test_uncorrelated_and_of_equal_variance_before_the_length_is_taken_out():
    embeddings = images(4000, d=6)
    unit = whiten(embeddings)
    covariance = unit.T @ unit / len(unit) * 6
    assert np.abs(covariance - np.eye(6)).max() < 0.1


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_few_images(n):
    assert whiten(images(n)).shape == (n, n // 2)


def test_all_the_same():
    assert whiten(np.ones((10, 4))).shape == (10, 0)
