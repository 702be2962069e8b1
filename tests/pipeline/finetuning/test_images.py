import h5py
import numpy as np
import pandas as pd
import pytest

from pipeline.finetuning.images import LabelledImages, join_splits
from radbank.errors import RadbankError

SPLITS = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "group": ["p", "p", "q", "r"],
        "split": ["train", "train", "excluded", "test"],
        "fold": [0, 0, -1, -1],
    }
)
LABELS = pd.Series([0, 1, 0, 1], index=["a", "b", "c", "d"])


def test_splits_are_joined_in_the_order_of_the_store():
    table = join_splits(["d", "c", "b", "a"], LABELS, SPLITS)
    assert table.to_dict("list") == {
        "id": ["d", "b", "a"],
        "group": ["r", "p", "p"],
        "label": [1, 1, 0],
        "split": ["test", "train", "train"],
        "fold": [-1, 0, 0],
        "row": [0, 2, 3],
    }


def test_splits_of_other_images_are_refused():
    with pytest.raises(RadbankError, match="not of the same images"):
        join_splits(["a", "b"], LABELS, SPLITS)


def test_rows_come_in_any_order_from_a_file(tmp_path):
    pixels = np.arange(5 * 4, dtype=np.uint8).reshape(5, 2, 2)
    with h5py.File(tmp_path / "images.h5", "w") as file:
        stored = file.create_dataset("pixels", data=pixels)
        images = LabelledImages(stored, np.array([4, 0, 2]), np.array([0, 1, 0]))
        np.testing.assert_array_equal(images[np.array([2, 0])], pixels[[2, 4]])
        np.testing.assert_array_equal(images[0:2], pixels[[4, 0]])


def test_a_split_without_a_class_is_refused(images):
    names = ["train"] * 39 + ["validation"]
    with pytest.raises(RadbankError, match="The validation split holds no image of class 'no'"):
        images.of_split(names, "validation", ("no", "yes"))
