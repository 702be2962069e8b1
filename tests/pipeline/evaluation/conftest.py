"""Predictions of several models that nobody trained."""

import numpy as np
import pandas as pd
import pytest

from heads.base import by_class
from pipeline.artifacts.predictions import Predictions

PROVENANCE = {
    "backbone": "resnet50",
    "weights": "resnet50.tv_in1k",
    "weights_random": False,
    "synthetic": False,
    "classes": ["normal", "opacity"],
}


@pytest.fixture
def invent():
    """Return a function that makes predictions of 120 cases of 60 patients, in three splits."""

    def predictions(skill=1.0, *, seed=0, views=False, **provenance):
        n = 120
        labels = np.random.default_rng(99).integers(0, 2, n)
        generator = np.random.default_rng(seed)
        noise = generator.normal(size=(n, 2))
        by_view = 1 / (1 + np.exp(-(skill * (2 * labels[:, np.newaxis] - 1) + noise)))
        cases = pd.DataFrame(
            {
                "id": [f"image-{i:03}" for i in range(n)],
                "group": [f"patient-{i // 2:02}" for i in range(n)],
                "label": labels,
                "split": ["train"] * 40 + ["validation"] * 40 + ["test"] * 40,
            }
        )
        by_view = by_view if views else by_view[:, :1]
        return Predictions.of_views(cases, by_class(by_view), {**PROVENANCE, **provenance})

    return predictions
