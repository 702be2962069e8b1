"""What a person brings to every radiograph of theirs."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Sex = Literal["F", "M"]
View = Literal["PA", "AP"]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Anatomy of one synthetic person; lengths in body units (see :mod:`.canvas`).

    Attributes
    ----------
    sex
        'F' or 'M'.
    age
        Years.
    habitus
        0 is slim, 1 is stout.
    chest
        Half the inner width of the rib cage at its widest.
    apex
        Height of the lung tips.
    domes
        Height of the right and the left diaphragm on deep inspiration.
    heart
        Size of the heart, 1 on average.
    heart_tilt
        Turn of the heart's long axis in radians.
    knob
        Radius of the aortic knob, which grows with age.
    rib_spacing
        Distance between neighbouring ribs at the spine.
    rib_slope
        How steeply ribs fall, 1 on average.
    rib_density
        Contrast of bone, which falls with age.
    scoliosis
        Sideways bend of the spine.
    breast
        Size of the breasts; 0 in men.
    gas
        Size of the gastric air bubble.
    markings
        Contrast of the lung vessels.
    pacemaker
        Whether they wear one.
    seed
        Seed of the vessel tree and the tissue texture.
    """

    sex: Sex
    age: int
    habitus: float
    chest: float
    apex: float
    domes: tuple[float, float]
    heart: float
    heart_tilt: float
    knob: float
    rib_spacing: float
    rib_slope: float
    rib_density: float
    scoliosis: float
    breast: float
    gas: float
    markings: float
    pacemaker: bool
    seed: int


def draw_person(rng: np.random.Generator) -> Person:
    """Draw a person."""
    female = bool(rng.random() < 0.45)
    age = int(np.clip(rng.normal(50, 17), 18, 90))
    ageing = (age - 18) / 72
    habitus = float(rng.beta(2, 2.5))
    right_dome = rng.normal(0.40, 0.04)
    return Person(
        sex="F" if female else "M",
        age=age,
        habitus=habitus,
        chest=float(rng.normal(0.66 if female else 0.70, 0.025)),
        apex=float(rng.normal(-0.73, 0.03)),
        domes=(float(right_dome), float(right_dome + rng.normal(0.04, 0.02))),
        heart=float(np.clip(rng.normal(0.94 + 0.12 * ageing, 0.08), 0.75, 1.3)),
        heart_tilt=float(rng.normal(0.65, 0.1)),
        knob=float(0.05 + 0.03 * ageing + rng.uniform(0, 0.015)),
        rib_spacing=float(rng.normal(0.122, 0.006)),
        rib_slope=float(rng.normal(1.0, 0.12)),
        rib_density=float(rng.uniform(0.85, 1.1) * (1.05 - 0.3 * ageing)),
        scoliosis=float(rng.normal(0, 0.012)),
        breast=float(rng.uniform(0.5, 1.0) + 0.3 * habitus) if female else 0.0,
        gas=float(rng.uniform(0.0, 1.0)),
        markings=float(rng.uniform(0.8, 1.25)),
        pacemaker=bool(rng.random() < (0.12 if age > 60 else 0.02)),
        seed=int(rng.integers(2**32)),
    )
