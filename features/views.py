"""Augmented views of images, drawn from a seed: for heads and for test-time augmentation.

The four transformations are those of the seed study. They are composed to one affine map and
applied with one bilinear interpolation, so that an image is blurred once and not four times.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

FLIP_PROBABILITY = 0.5
ROTATION = 10.0  # largest angle, degrees, either way
SCALE = (0.9, 1.1)  # magnification
CROP = (0.85, 1.0)  # side of the crop as a share of the image's side


@dataclass(frozen=True, kw_only=True)
class View:
    """One random augmentation: flip, rotation, scale and crop.

    Parameters
    ----------
    flip
        Mirror left and right.
    angle
        Rotation in degrees, anticlockwise.
    scale
        Magnification about the image's centre; parts beyond the border are black.
    crop
        Side of the kept square window as a share of the image's side.
    left, top
        Place of the window as shares of the free margin, 0 to 1.
    """

    flip: bool
    angle: float
    scale: float
    crop: float
    left: float
    top: float

    @classmethod
    def draw(cls, generator: np.random.Generator) -> "View":
        """Draw one view."""
        return cls(
            flip=bool(generator.random() < FLIP_PROBABILITY),
            angle=float(generator.uniform(-ROTATION, ROTATION)),
            scale=float(generator.uniform(*SCALE)),
            crop=float(generator.uniform(*CROP)),
            left=float(generator.random()),
            top=float(generator.random()),
        )

    def apply(self, image: np.ndarray) -> np.ndarray:
        """Return the view of one image, uint8 of shape (height, width)."""
        height, width = image.shape
        view = Image.fromarray(image).transform(
            (width, height),
            Image.Transform.AFFINE,
            self.inverse_map(height, width),
            Image.Resampling.BILINEAR,
            fillcolor=0,
        )
        return np.asarray(view)

    def inverse_map(self, height: int, width: int) -> tuple[float, ...]:
        """Return (a, b, c, d, e, f): output (x, y) is taken from (ax + by + c, dx + ey + f).

        Coordinates are in pixels from the upper left corner of the image, so that the centre of
        the first pixel is (0.5, 0.5).
        """
        # output -> window of the crop -> about the centre -> turned and shrunk -> mirrored
        x0 = self.left * (1 - self.crop) * width - width / 2
        y0 = self.top * (1 - self.crop) * height - height / 2
        cosine = math.cos(math.radians(self.angle)) / self.scale
        sine = math.sin(math.radians(self.angle)) / self.scale
        mirror = -1 if self.flip else 1
        return (
            mirror * cosine * self.crop,
            -mirror * sine * self.crop,
            mirror * (cosine * x0 - sine * y0) + width / 2,
            sine * self.crop,
            cosine * self.crop,
            sine * x0 + cosine * y0 + height / 2,
        )


def augment(pixels: np.ndarray, view: int, seed: int) -> np.ndarray:
    """Return one augmented view of each image, the same at every call.

    Parameters
    ----------
    pixels
        uint8 of shape (n_images, height, width). The view of an image depends on its pixels, not
        on its place or name.
    view
        Number of the view, from 1; view 0 is the plain image.
    seed
        Seed of the project.

    Returns
    -------
    ndarray of shape (n_images, height, width)
        uint8.
    """
    out = np.empty_like(pixels)
    for row, image in enumerate(pixels):
        out[row] = View.draw(_generator(seed, image, view)).apply(image)
    return out


@cache
def view_name(view: int, seed: int) -> str:
    """Return the name of a view: 16 hexadecimal digits, or an empty text for the plain view.

    It changes with the number of the view, the seed, and the ranges that views are drawn from.
    """
    if view == 0:
        return ""
    drawn_from = (FLIP_PROBABILITY, ROTATION, SCALE, CROP)
    content = json.dumps(["flip, crop, scale, rotation", drawn_from, seed, view])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _generator(seed: int, image: np.ndarray, view: int) -> np.random.Generator:
    key = hashlib.sha256(image.tobytes()).hexdigest()
    digest = hashlib.sha256(f"{seed}/{view}/{key}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))
