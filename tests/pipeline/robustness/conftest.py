import numpy as np
import pytest

from heads.examples import Examples
from heads.logistic_regression import LogisticRegression
from pipeline.robustness.bench import Bench


def examples(n, seed, effect=1.5):
    """Return images of two a patient whose first features tell the classes apart."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) // 2 % 3 == 0).astype(np.int64)
    embeddings = rng.normal(size=(n, 1, 10))
    embeddings[:, 0, :3] += effect * labels[:, None]
    return Examples(
        embeddings=embeddings.astype(np.float32),
        labels=labels,
        groups=np.array([f"p{seed}-{i // 2:03d}" for i in range(n)], dtype=object),
        folds=np.arange(n) // 2 % 5,
    )


@pytest.fixture
def bench():
    return Bench(
        train=examples(300, 1),
        validation=examples(100, 2),
        test=examples(200, 3),
        head=LogisticRegression(C=[0.01], seed=0),
        confidence=0.95,
        seed=5,
    )
