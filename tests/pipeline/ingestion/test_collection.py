"""What ingest says at its end."""

import pandas as pd

from pipeline.ingestion.collection import summarise
from pipeline.layouts.base import Listing


def test_images_with_a_caution_are_counted_by_reason():
    frame = pd.DataFrame(
        {
            "group": ["1", "2", "2", "3"],
            "label": [0, 0, 1, 1],
            "synthetic": False,
            "caution": ["narrow", None, "narrow", "padding; narrow"],
        }
    )
    listing = Listing([], ("no", "yes"), [])
    last = summarise(frame, listing).splitlines()[-1]
    assert last.startswith(
        "3 of the images are used, but look at them: 2 because narrow; 1 because"
    )
    clean = summarise(frame.assign(caution=None), listing)
    assert "look at them" not in clean
