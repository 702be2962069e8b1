import numpy as np
import pandas as pd
import pytest

from benchmarks.shortcut_verdicts import SCENARIOS, draw


@pytest.fixture
def drawn():
    """Return a function that draws a cohort: whether the view goes with the label, and is told."""

    def of(*, with_label, told, seed=0):
        (scenario,) = (
            each for each in SCENARIOS if (each.with_label, each.told) == (with_label, told)
        )
        images, cases = draw(np.random.default_rng(seed), scenario)
        assert isinstance(cases, pd.DataFrame)
        return images, cases

    return of
