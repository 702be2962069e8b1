"""The stage limits_finetune, from prepared images and a trained head to two tables."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import limits_finetune, train
from pipeline.artifacts.images import write_images
from pipeline.finetuning import retraining
from pipeline.robustness.arms import OF_LABELS, OF_PATIENTS
from radbank.errors import RadbankError
from radbank.files import write_json

ARM, RATE, SIDE = "finetune-seed", 0.0003, 32
SETTINGS = {
    "backbone": "efficientnet_lite0",
    "weights": "random",
    "finetune": {"demo": {"epochs": 1, "image_size": SIDE, "seeds": 1}},
    "limits": {"patients": [0.3, 1.0], "labels": [0.0, 0.3], "arms": [ARM]},
}


@pytest.fixture
def study(cached):
    """Write what the stage reads."""
    rng = np.random.default_rng(0)
    n = 64
    labels = np.arange(n) // 2 % 2
    splits = cached(labels, rng.normal(size=(n, 1, 6)) + labels[:, None, None], changes=SETTINGS)
    pixels = rng.integers(0, 120, (n, SIDE, SIDE))
    pixels[labels == 1, 8:24, 8:24] += 80
    ids = pd.read_parquet("data/cases.parquet")["id"].tolist()
    write_images("data/images.h5", ids, pixels.astype(np.uint8), SIDE, True)
    train.main(["logistic_regression"])
    write_json(f"metrics/finetune/{ARM}.json", {"chosen": {"learning_rate": RATE}})
    return splits


def test_an_arm_is_trained_at_its_rate_on_every_share_and_goes_on_after_a_kill(study, monkeypatch):
    tried, fit = [], retraining.fit

    def cut(arm, cohort, *rest, **settings):
        if len(tried) == 1:
            raise KeyboardInterrupt
        tried.append((arm.learning_rate, len(cohort.of_split("train"))))
        return fit(arm, cohort, *rest, **settings)

    monkeypatch.setattr(retraining, "fit", cut)
    with pytest.raises(KeyboardInterrupt):
        limits_finetune.main([ARM])
    assert not Path("curves/limits").exists()
    tried.append("killed")
    limits_finetune.main([ARM])
    (few, _, whole, noisy) = tried  # all patients and no label missed: one and the same training
    n = (study["split"] == "train").sum()
    assert [whole, noisy] == [([RATE], n)] * 2
    assert few[1] < n
    patients, labels = (
        pd.read_csv(f"curves/limits/finetune/{ARM}/{name}.csv") for name in ("patients", "labels")
    )
    assert list(patients.columns) == OF_PATIENTS
    assert list(labels.columns) == OF_LABELS
    assert patients["images"].tolist() == [few[1], n]
    assert patients["value"][1] == labels["value"][0]
    before = {path: path.read_bytes() for path in Path("curves/limits/finetune").rglob("*.csv")}
    limits_finetune.main([ARM])
    assert len(tried) == 4
    assert before == {path: path.read_bytes() for path in before}


def test_without_the_arms_own_training_it_says_so(study):
    Path(f"metrics/finetune/{ARM}.json").unlink()
    with pytest.raises(RadbankError, match=f"no metrics/finetune/{ARM}.json"):
        limits_finetune.main([ARM])
