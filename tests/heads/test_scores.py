import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax

from heads.linear_probe import LinearProbe
from heads.logistic_regression import LogisticRegression
from heads.mlp import MLP
from heads.scores import exp, linear, n_outputs, probabilities

ROOT = Path(__file__).resolve().parents[2]
SHA256 = "8f934819a5cd1cfd99ab834904724408b5b369093eafc408c09544501965e9ca"
"""Of what the heads below predict: the same on every processor."""

OTHER_CHIPS = [
    {},
    {
        "ATEN_CPU_CAPABILITY": "avx2",
        "DNNL_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4",
        "OPENBLAS_CORETYPE": "Haswell",
    },
    {
        "ATEN_CPU_CAPABILITY": "default",
        "DNNL_MAX_CPU_ISA": "SSE41",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3",
        "OPENBLAS_CORETYPE": "Nehalem",
    },
]


def drawn(*shape, dtype=np.float32, seed=0):
    """Return numbers from -1 to below 1, the same on every machine."""
    return (2 * np.random.default_rng(seed).random(shape) - 1).astype(dtype)


def shifted(array, offset):
    """Return a copy of an array whose memory begins `offset` float32 after a whole 64 bytes."""
    room = np.empty(array.nbytes + 256, dtype=np.uint8)
    start = -room.ctypes.data % 64 + 4 * offset
    copy = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def made_heads(n_features=193, hidden=37):
    """Return heads of given weights, two classes and three, and of two components."""
    regression = {"mean": drawn(n_features, dtype=float), "scale": np.full(n_features, 0.7)}
    for outputs in (1, 3):
        heads = LogisticRegression(seed=0), LinearProbe(seed=0), MLP(seed=0, members=2)
        heads[0].arrays_ = regression | {
            "coefficients": drawn(outputs, n_features, dtype=float, seed=1),
            "intercepts": drawn(outputs, dtype=float, seed=2),
        }
        weight = drawn(n_features, outputs, seed=3)
        heads[1].arrays_ = {
            "weight": weight[:, 0] if outputs == 1 else weight,
            "bias": drawn(outputs, seed=4),
        }
        heads[2].arrays_ = {
            f"{member}.{name}": drawn(*shape, seed=5 + member)
            for member in range(2)
            for name, shape in {
                "mean": (n_features,),
                "layers.0.weight": (hidden, n_features),
                "layers.0.bias": (hidden,),
                "layers.3.weight": (outputs, hidden),
                "layers.3.bias": (outputs,),
            }.items()
        } | {f"{member}.scale": np.full(n_features, 1.3, np.float32) for member in range(2)}
        yield from heads
    reduced = LogisticRegression(seed=0, pca=0.5)
    reduced.arrays_ = regression | {
        "centre": drawn(n_features, dtype=float, seed=7),
        "components": drawn(2, n_features, dtype=float, seed=8),
        "coefficients": drawn(1, 2, dtype=float, seed=9),
        "intercepts": drawn(1, dtype=float, seed=10),
    }
    yield reduced


def digest():
    """Return the hash of what all of them predict at sixteen places in memory."""
    embeddings = drawn(701, 193, seed=11)
    found = set()
    for offset in range(16):
        digest = hashlib.sha256()
        for head in made_heads():
            head.arrays_ = {name: shifted(each, offset) for name, each in head.arrays_.items()}
            digest.update(head.predict_proba(shifted(embeddings, (5 * offset) % 16)).tobytes())
        found.add(digest.hexdigest())
    (only,) = found
    return only


@pytest.mark.parametrize("threads", ["1", "2", "3"])
@pytest.mark.parametrize("chip", OTHER_CHIPS, ids=["own", "avx2", "sse"])
def test_scores_are_the_same_bytes_on_every_chip_at_every_address(chip, threads):
    environment = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "PATH": ""}
    printed = subprocess.run(
        [sys.executable, __file__],
        env={**environment, **chip, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed.strip() == SHA256


@pytest.mark.parametrize("width", [1, 2, 1280, 5000])
def test_the_product_is_that_of_long_arithmetic(width):
    X, weight, bias = (
        drawn(50, width, dtype=float),
        drawn(width, 3, dtype=float, seed=1),
        np.ones(3),
    )
    exact = X.astype(np.longdouble) @ weight.astype(np.longdouble) + 1
    np.testing.assert_allclose(linear(X, weight, bias), exact, rtol=0, atol=width * 2.0**-40)


def test_rows_do_not_depend_on_those_beside_them():
    X, weight, bias = drawn(3000, 193), drawn(193, 2, seed=1), drawn(2, seed=2)
    together = linear(X, weight, bias)
    alone = np.concatenate([linear(X[i : i + 1], weight, bias) for i in (0, 1500, 2999)])
    np.testing.assert_array_equal(alone, together[[0, 1500, 2999]])


@pytest.mark.parametrize("extreme", [0.0, 1e-300, 1e-320, 1e300])
def test_extreme_numbers_give_finite_products(extreme):
    X, weight = np.full((2, 5), extreme), np.full((5, 1), min(extreme, 1.0))
    product = linear(X, weight, np.zeros(1))
    np.testing.assert_allclose(product, X @ weight, rtol=1e-12, atol=1e-270)


def test_exp_is_right_to_two_units_in_the_last_place():
    x = np.concatenate([np.linspace(-700, 700, 100_001), np.linspace(-1, 1, 100_001)])
    exact = np.exp(x.astype(np.longdouble))
    assert (np.abs(exp(x) - exact) <= 2 * np.spacing(exact.astype(float))).all()
    assert exp(np.array([0.0, -1e9])).tolist() == [1, pytest.approx(0, abs=1e-300)]


def test_probabilities_are_the_softmax_and_of_one_logit_the_sigmoid():
    logits = 20 * drawn(100, 3, dtype=float)
    np.testing.assert_allclose(probabilities(logits), softmax(logits, axis=1), rtol=1e-14)
    one = logits[:, :1]
    both = probabilities(one)
    np.testing.assert_allclose(both, softmax(np.hstack([0 * one, one]), axis=1), rtol=1e-14)
    certain = probabilities(np.array([[-1e9], [1e9]]))
    np.testing.assert_allclose(certain, [[1, 0], [0, 1]], atol=1e-300)


def test_two_classes_have_one_logit():
    assert [n_outputs(n) for n in (2, 3, 4)] == [1, 3, 4]


if __name__ == "__main__":
    assert "torch" not in sys.modules, os.environ
    print(digest())
