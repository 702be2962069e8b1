"""Opacities and other findings on the canvas."""

import numpy as np
import pytest

from pipeline.phantom.benign import KINDS, build_benign, heart_scale
from pipeline.phantom.opacity import build_opacities
from pipeline.phantom.person import draw_person
from pipeline.phantom.thorax import build_thorax

PERSON = draw_person(np.random.default_rng(0))
THORAX = build_thorax(PERSON, view="PA", inspiration=0.2, heart_scale=1.0)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_opacities_fill_air_inside_their_outlines(count):
    for seed in range(5):
        opacities = build_opacities(THORAX, np.random.default_rng(seed), count=count)
        assert len(opacities.outlines) <= count
        assert bool(opacities.outlines) == (count > 0)
        assert opacities.fill.min() >= 0
        assert opacities.fill.max() <= 1
        assert bool(opacities.fill.any()) == (count > 0)
        for outline in opacities.outlines:
            assert len(outline) > 100
            # inside the rib cage and above the diaphragm's lowest point
            assert np.abs(outline[:, 0]).max() < 1.05 * PERSON.chest
            assert PERSON.apex - 0.05 < outline[:, 1].min() < outline[:, 1].max() < 0.85


@pytest.mark.parametrize("kind", KINDS)
def test_every_other_finding_shows(kind):
    benign = build_benign(THORAX, (kind,), np.random.default_rng(1))
    drawn = benign.fill.any() or benign.density.any()
    enlarged = heart_scale((kind,), np.random.default_rng(1)) > 1
    assert drawn or enlarged
    assert 0 <= benign.fill.min() <= benign.fill.max() <= 1


def test_without_findings_nothing_is_drawn():
    benign = build_benign(THORAX, (), np.random.default_rng(1))
    assert not benign.fill.any()
    assert not benign.density.any()
    assert heart_scale((), np.random.default_rng(1)) == 1
