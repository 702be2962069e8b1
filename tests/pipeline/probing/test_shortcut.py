from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.probing import shortcut
from pipeline.probing.shortcut import Images, read_values

SETTINGS = {"minimum": 10, "confidence": 0.95, "seed": 0}


def probe(images, cases, minimum, confidence, seed):
    readings = read_values(images, cases, minimum=minimum, seed=seed)
    return shortcut.probe(images, readings, confidence=confidence)


@pytest.fixture
def cohort():
    """Return images whose first feature gives the view away, and frames of their properties."""
    generator = np.random.default_rng(0)
    n = 240
    groups = np.array([f"p{i // 2}" for i in range(n)], dtype=object)
    portable = np.arange(n) // 2 % 2 == 0
    embeddings = generator.normal(size=(n, 20)).astype(np.float32)
    embeddings[:, 0] += 3 * portable
    ids = pd.Series([f"i{i}" for i in range(n)])
    cases = pd.DataFrame(
        {
            "id": ids,
            "view": np.where(portable, "AP", "PA"),
            "sex": np.repeat(generator.choice(["F", "M"], n // 2), 2),
            "finding": np.where(portable, "Opacity", "Normal"),
        }
    )
    return Images(embeddings, portable.astype(np.int64), groups, ids), cases


def test_what_the_embeddings_tell_is_found_and_what_they_do_not_is_not(cohort):
    images, cases = cohort
    view, sex = probe(images, cases, **SETTINGS)
    assert (view["column"], view["value"], view["n"], view["n_patients"]) == ("view", "PA", 120, 60)
    assert view["auc"]["low"] > 0.9
    assert (view["positive_with"], view["positive_without"]) == (0, 1)
    assert (sex["column"], sex["value"]) == ("sex", "M")
    assert sex["auc"]["low"] < 0.5  # pooled folds lie a little low where there is nothing to tell


def test_a_patient_is_never_on_both_sides(cohort):
    # features that name the patient and nothing else would tell the sex if patients were split
    images, cases = cohort
    names = np.random.default_rng(1).normal(size=(120, 200)).astype(np.float32)
    by_patient = Images(np.repeat(names, 2, axis=0), images.labels, images.groups, images.ids)
    sex = probe(by_patient, cases, **SETTINGS)[1]
    assert sex["auc"]["value"] < 0.65


def test_names_of_patients_decide_nothing(cohort):
    images, cases = cohort
    renamed = replace(images, groups=np.array([name[::-1] for name in images.groups]))
    assert probe(images, cases, **SETTINGS) == probe(renamed, cases, **SETTINGS)


def test_values_of_few_patients_are_not_fitted(cohort):
    images, cases = cohort
    cases.loc[:5, "view"] = "LL"
    found = {row["value"]: row for row in probe(images, cases, **SETTINGS)}
    assert found["LL"]["too_small"]
    assert found["LL"]["auc"] == {"value": None, "low": None, "high": None}
    assert found["AP"]["auc"]["value"] > 0.9


def test_nothing_recorded_is_nothing_to_probe(cohort):
    images, cases = cohort
    assert probe(images, cases[["id"]], **SETTINGS) == []
