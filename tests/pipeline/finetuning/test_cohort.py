import hashlib
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.images import PreparedImages
from pipeline.finetuning.cohort import ImageCohort
from radbank.errors import RadbankError

IDS = ["a", "b", "c"]


def test_damaged_pixels_are_refused():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 8, 8), np.uint8)
    digests = [hashlib.sha256(image.tobytes()).hexdigest() for image in pixels]
    store = PreparedImages(IDS, digests, pixels, 8, synthetic=True)
    cases = SimpleNamespace(
        frame=pd.DataFrame({"id": IDS, "label": [0, 1, 1]}), classes=("no", "yes")
    )
    splits = pd.DataFrame({"id": IDS, "group": IDS, "split": "train", "fold": [0, 1, 2]})
    assert len(ImageCohort.of(store, cases, splits).every) == 3
    pixels[2, 0, 0] ^= 1
    with pytest.raises(RadbankError, match="pixels of image 2 are damaged"):
        ImageCohort.of(store, cases, splits)
