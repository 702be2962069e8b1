"""A project with as many invented images as one likes, as the stages before extract leave it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from ruamel.yaml import YAML

from pipeline.artifacts.cases import write_cases
from pipeline.artifacts.images import write_images
from pipeline.paths import CASES, IMAGES, SPLITS

ROOT = Path(__file__).resolve().parent.parent
_ABSENT = ("finding", "boxes", "sex", "age", "view", "modality", "official_split")
_COARSE = 16  # pixels across, from which an image is enlarged: smooth, as radiographs are


def write_project(
    folder: Path, *, images: int, size: int, settings: dict[str, Any], features: dict[str, Any]
) -> None:
    """Write params.yaml, cases, prepared images and splits.

    Parameters
    ----------
    folder
        Where to.
    images
        How many; image number i is the same in every project of its size.
    size
        Side of an image in pixels.
    settings, features
        What differs from the repository's params.yaml, at its top and under ``features``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    yaml = YAML()
    content = yaml.load(ROOT / "params.yaml")
    content |= settings
    content["features"] |= features
    yaml.dump(content, folder / "params.yaml")
    ids = [f"image-{i:06d}" for i in range(images)]
    cases = pd.DataFrame(
        {
            "id": ids,
            "group": ids,
            "path": ids,
            "label": [i % 2 for i in range(images)],
            **dict.fromkeys(_ABSENT),
            "height": size,
            "width": size,
            "sha256": "0" * 64,
            "synthetic": True,
        }
    )
    write_cases(folder / CASES, cases, ("negative", "positive"))
    write_images(folder / IMAGES, ids, _pictures(images, size), size, synthetic=True)
    splits = cases[["id", "group"]].assign(split="train", fold=-1)
    splits.to_csv(folder / SPLITS, index=False)


def _pictures(images: int, size: int) -> Iterator[np.ndarray]:
    for i in range(images):
        rng = np.random.default_rng(i)
        coarse = Image.fromarray(rng.integers(0, 256, (_COARSE, _COARSE), dtype=np.uint8))
        yield np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC))
