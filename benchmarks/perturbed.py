"""Cohorts of any size, made by perturbing images of the demo: no two alike, nobody's radiograph."""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from pipeline.artifacts.cases import write_cases
from pipeline.artifacts.images import write_images
from pipeline.imaging.prepare import prepare
from pipeline.imaging.read import UnreadableImage, read_grey
from pipeline.params import load_params
from pipeline.paths import CASES, IMAGES, SPLITS
from pipeline.phantom.cohort import IMAGE_FOLDER, write_cohort
from pipeline.phantom.plan import plan_cohort
from radbank.progress import track

ROOT = Path(__file__).resolve().parent.parent
CLASSES = ("Normal", "Lung Opacity")
_DRAWN = 24  # phantoms, from which all images are made
_SHIFT = 12  # pixels at most, each way


def write_project(folder: Path, n_images: int, *, changes: dict[str, Any], seed: int = 0) -> None:
    """Write into a folder what the stage extract reads.

    Parameters
    ----------
    folder
        An empty one; a temporary one, for an image takes 100 kB.
    n_images
        Size of the cohort, two images a patient.
    changes
        Settings that differ from params.yaml: a value, or a mapping merged into a block.
    seed
        Of the perturbations.
    """
    yaml = YAML()
    settings = yaml.load(ROOT / "params.yaml")
    for name, value in changes.items():
        settings[name] = settings[name] | value if isinstance(value, dict) else value
    yaml.dump(settings, folder / "params.yaml")
    size = load_params(folder / "params.yaml").prepare.size
    ids = [f"image-{row:06d}" for row in range(n_images)]
    cases = pd.DataFrame(
        {
            "id": ids,
            "group": [f"patient-{row // 2:06d}" for row in range(n_images)],
            "path": [f"{name}.dcm" for name in ids],
            "label": np.arange(n_images) // 2 % 2,
            "height": size,
            "width": size,
            "sha256": "0" * 64,
            "synthetic": True,
        }
    )
    write_cases(folder / CASES, cases, CLASSES)
    splits = cases[["id", "group"]].assign(split="train", fold=0)
    splits.to_csv(folder / SPLITS, index=False)
    images = perturb(draw(size, seed), n_images, seed)
    shown = track(images, f"{n_images:,} images", total=n_images)
    write_images(folder / IMAGES, ids, shown, size, synthetic=True)


def draw(size: int, seed: int) -> np.ndarray:
    """Return prepared phantoms of the demo, uint8 of shape (n, size, size)."""
    with tempfile.TemporaryDirectory() as folder:
        write_cohort(folder, plan_cohort(_DRAWN, _DRAWN, seed))
        drawn = []
        for file in sorted(Path(folder, IMAGE_FOLDER).iterdir()):
            with suppress(UnreadableImage):  # the demo's broken files
                drawn.append(prepare(read_grey(file), size))
        return np.stack(drawn)


def perturb(drawn: np.ndarray, n_images: int, seed: int) -> Iterator[np.ndarray]:
    """Yield images: mirrored or not, shifted, of another contrast, with noise of their own."""
    rng = np.random.default_rng(seed)
    grey = np.arange(256) / 255
    for row in range(n_images):
        image = drawn[row % len(drawn)]
        if rng.random() < 0.5:
            image = image[:, ::-1]
        image = np.roll(image, rng.integers(-_SHIFT, _SHIFT + 1, 2), (0, 1))
        curve = np.round(247 * grey ** rng.uniform(0.7, 1.4)).astype(np.uint8)
        noise = np.frombuffer(rng.bytes(image.size), np.uint8).reshape(image.shape) % 9
        yield curve[image] + noise
