"""Colours that everybody can tell apart, on a light page and on a dark one."""

import re
from importlib import resources
from itertools import combinations

import numpy as np
import pytest

from heads import HEADS, get_head
from pipeline.reporting.style import (
    VARIABLES,
    figure_style,
    label,
    line,
    model_styles,
    name_in_words,
    new_axes,
)

# Machado et al. 2009, severity 1.0, in linear RGB
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def schemes() -> dict[str, dict[str, str]]:
    css = resources.files("pipeline.reporting").joinpath("templates/report.css").read_text("utf-8")
    light, dark = (
        dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    )
    return {"light": light, "dark": dark}


def linear(colour: str) -> np.ndarray:
    levels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = XYZ @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(first: str, second: str) -> float:
    """WCAG 2.2, contrast ratio."""
    dark, light = sorted(linear(colour) @ XYZ[1] for colour in (first, second))
    return float((light + 0.05) / (dark + 0.05))


def test_figures_are_drawn_in_the_colours_of_the_light_page() -> None:
    light = schemes()["light"]
    assert {variable: light[variable] for variable in VARIABLES.values()} == {
        variable: colour for colour, variable in VARIABLES.items()
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme: str) -> None:
    colours = schemes()[scheme]
    assert set(colours) >= set(VARIABLES.values())
    for name in ("--ink", "--muted", "--link"):
        assert contrast(colours[name], colours["--paper"]) >= 4.5
    assert contrast(colours["--warning-ink"], colours["--warning-paper"]) >= 7
    for name in [name for name in colours if name.startswith("--model")]:
        assert contrast(colours[name], colours["--paper"]) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_models_of_the_default_run_can_be_told_apart(scheme: str, sight: str) -> None:
    colours = schemes()[scheme]
    names = [f"--model-{i}" for i in range(6)]
    seen = [lab(np.array(SIGHT[sight]) @ linear(colours[name])) for name in names]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 25


def test_of_42_models_no_two_have_two_of_colour_dash_and_marker_in_common() -> None:
    styles = model_styles(f"head_{i}" for i in range(42)).values()
    for first, second in combinations(styles, 2):
        same = (
            first.colour == second.colour,
            first.dashes == second.dashes,
            first.marker == second.marker,
        )
        assert sum(same) <= 1, (first, second)


def test_a_curve_shows_colour_dashes_and_markers() -> None:
    style = model_styles(["a", "b"])["b"]
    with figure_style("one"):
        _, axes = new_axes(2, 2)
        (drawn,) = axes.plot([0, 1], [0, 1], **line(style))
    assert drawn.get_color() == style.colour
    assert drawn.get_marker() == style.marker
    assert drawn.is_dashed()


def test_a_head_is_called_as_it_declares() -> None:
    for name in HEADS:
        assert name_in_words(name) == get_head(name).label
    assert label("lightgbm") == "LightGBM"
    assert label("logistic_regression") == "Logistic regression"
    assert (name_in_words("some_other"), label("some_other")) == ("some other", "Some other")
    assert label("finetune-seed") == "Fine-tuning (seed)"
