"""Toy embeddings that every head can learn in well under a second."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from heads.base import Head
from heads.examples import Examples


@pytest.fixture
def make_examples() -> Callable[..., Examples]:
    """Return a maker of examples whose first feature tells the classes apart."""

    def make(
        n: int = 300,
        n_features: int = 12,
        n_views: int = 2,
        *,
        effect: float = 4.0,
        positive: float = 0.5,
        seed: int = 0,
    ) -> Examples:
        rng = np.random.default_rng(seed)
        labels = (np.arange(n) < positive * n).astype(np.int64)
        embeddings = rng.normal(size=(n, 1, n_features))
        embeddings[:, 0, 0] += effect * (labels - 0.5)
        jitter = 0.1 * rng.normal(size=(n, n_views, n_features))
        jitter[:, 0] = 0
        return Examples(
            embeddings=(embeddings + jitter).astype(np.float32),
            labels=labels,
            groups=np.array([f"patient-{i // 2}" for i in range(n)], dtype=object),
            folds=np.arange(n) // 2 % 5,
        )

    return make


@pytest.fixture
def make_head() -> Callable[..., Head]:
    """Return a maker of heads that learn fast; other hyperparameters are the defaults."""
    from heads import get_head

    quick: dict[str, dict[str, Any]] = {
        "logistic_regression": {"C": [0.01, 1.0]},
        "lightgbm": {"max_rounds": 60},
        "mlp": {"hidden": 16, "learning_rate": 0.01, "max_epochs": 20},
    }

    def make(name: str, **hyperparameters: Any) -> Head:
        return get_head(name)(**{"seed": 7, **quick.get(name, {}), **hyperparameters})

    return make
