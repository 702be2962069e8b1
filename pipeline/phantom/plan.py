"""Who is in the cohort, what is seen on which image and how its file is written."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.phantom.person import Person, View, draw_person
from pipeline.phantom.radiograph import NORMAL, OPACITY, OTHER
from radbank.errors import RadbankError

POSITIVE = 0.375
"""Share of images with an opacity."""

AP_SHARE = {OPACITY: 0.55, OTHER: 0.50, NORMAL: 0.35}
"""Share of bedside films by finding: the sick are more often imaged in bed."""

SIZES = ((512, 512), (512, 448), (448, 512))
"""Rows and columns of films, the square one by far the commonest."""

T = TypeVar("T")

Encoding = Literal["jpeg", "plain8", "plain16"]
ENCODINGS: tuple[Encoding, ...] = ("jpeg", "plain8", "plain16")
Damage = Literal["truncated", "not_dicom", "constant"]
DAMAGES: tuple[Damage, ...] = ("truncated", "not_dicom", "constant")


@dataclass(frozen=True, kw_only=True)
class ImagePlan:
    """One file of the cohort.

    Attributes
    ----------
    id
        The image's own identifier, a UUID; the challenge calls it patientId.
    group
        The true patient.
    person
        Index of the true patient in the plan.
    finding
        Detailed class of the challenge.
    view
        'PA' or 'AP'.
    age
        Years on the day of the image.
    size
        Rows and columns.
    encoding
        JPEG Baseline, uncompressed 8 bit, or uncompressed 16 bit.
    inverted
        Stored as MONOCHROME1: low values are bright.
    seed
        Entropy of the generator that draws the image.
    damage
        How the file is broken on purpose; None for a good one.
    """

    id: str
    group: str
    person: int
    finding: str
    view: View
    age: int
    size: tuple[int, int]
    encoding: Encoding
    inverted: bool
    seed: tuple[int, ...]
    damage: Damage | None


@dataclass(frozen=True)
class CohortPlan:
    """The whole cohort: people, and images in the order of their people."""

    people: tuple[Person, ...]
    images: tuple[ImagePlan, ...]


def plan_cohort(images: int, patients: int, seed: int) -> CohortPlan:
    """Plan a cohort.

    Parameters
    ----------
    images
        Number of good images; one file for each member of :data:`DAMAGES` comes on top.
    patients
        Number of true patients, each with at least one good image.
    seed
        Decides everything.

    Raises
    ------
    RadbankError
        If there are more patients than images.
    """
    if patients > images:
        raise RadbankError(
            f"demo.patients is {patients} but demo.images is {images}: "
            "every patient needs an image, so ask for no more patients than images in params.yaml."
        )
    rng = np.random.default_rng([seed, 0])
    people = tuple(draw_person(np.random.default_rng([seed, 1, k])) for k in range(patients))
    damages: list[Damage | None] = [None] * images + list(DAMAGES)
    # a few people are imaged often, most once; broken files are further images of anybody
    eagerness = rng.gamma(0.7, size=patients) + 1e-3
    further = rng.choice(patients, size=len(damages) - patients, p=eagerness / eagerness.sum())
    owners = np.concatenate([np.arange(patients), further])
    findings = np.concatenate(
        [_findings(images, rng), rng.choice([OPACITY, OTHER, NORMAL], size=len(DAMAGES))]
    )
    encodings = _share_out(ENCODINGS, [0.6, 0.2, 0.2], images, rng)
    inverted = _share_out((True, False), [0.12, 0.88], images, rng)
    sizes = _share_out(SIZES, [0.8, 0.1, 0.1], len(damages), rng)
    plans = []
    for k, damage in enumerate(damages):
        person = people[owners[k]]
        finding = str(findings[k])
        plans.append(
            ImagePlan(
                id=_identifier(seed, k),
                group=f"phantom-{owners[k]:04d}",
                person=int(owners[k]),
                finding=finding,
                view="AP" if rng.random() < AP_SHARE[finding] else "PA",
                age=person.age + int(rng.integers(0, 2)),
                size=sizes[k],
                encoding=encodings[k] if damage is None else "plain8",
                inverted=inverted[k] if damage is None else False,
                seed=(seed, 2, k),
                damage=damage,
            )
        )
    return CohortPlan(people, tuple(sorted(plans, key=lambda plan: (plan.person, plan.id))))


def _findings(images: int, rng: np.random.Generator) -> NDArray[np.str_]:
    """Return the finding of each image: exact shares in random order."""
    positive = round(POSITIVE * images)
    healthy = round(0.4 * (images - positive))
    counts = [positive, images - positive - healthy, healthy]
    return rng.permutation(np.repeat([OPACITY, OTHER, NORMAL], counts))


def _share_out(
    values: Sequence[T], shares: Sequence[float], n: int, rng: np.random.Generator
) -> list[T]:
    """Return `n` values in random order, as close to their shares as whole numbers allow."""
    edges = np.floor(np.cumsum(shares) * n + 0.5).astype(int)
    places = np.searchsorted(edges, np.arange(n), side="right").clip(max=len(values) - 1)
    return [values[place] for place in rng.permutation(places)]


def _identifier(seed: int, number: int) -> str:
    """Return a random-looking but reproducible UUID."""
    digest = hashlib.sha256(f"radbank demo image {seed} {number}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))
