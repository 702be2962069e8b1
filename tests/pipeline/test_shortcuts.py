from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from pipeline.probing.images import training_images
from pipeline.shortcuts import main
from radbank.errors import RadbankError


@pytest.fixture
def store():
    return xr.Dataset(
        {"embedding": (("image", "view", "feature"), np.arange(24.0).reshape(4, 2, 3))},
        coords={
            "id": ("image", ["a", "b", "c", "d"]),
            "label": ("image", [0, 1, 0, 1]),
        },
    )


def splits(ids="dcba"):
    parts = {"a": "train", "b": "test", "c": "train", "d": "excluded"}
    return pd.DataFrame(
        {"id": list(ids), "group": [f"p{i}" for i in ids], "split": [parts[i] for i in ids]}
    )


def test_only_the_plain_views_of_the_training_split_are_taken(store):
    found = training_images(store, splits())
    assert found.ids.tolist() == ["a", "c"]
    assert found.groups.tolist() == ["pa", "pc"]
    assert found.embeddings.tolist() == [[0, 1, 2], [12, 13, 14]]
    assert found.labels.tolist() == [0, 0]


def test_images_without_a_split_are_refused(store):
    with pytest.raises(RadbankError, match=r"splits\.csv lacks images of the feature store"):
        training_images(store, splits("abc"))


def test_a_missing_store_is_named(tmp_path, monkeypatch):
    source = Path(__file__).resolve().parents[2] / "params.yaml"
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(source.read_text())
    with pytest.raises(RadbankError, match=r"data/features/efficientnet_lite0\.zarr"):
        main()
