"""AUC against seconds."""

import re

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.figures.comparison import comparison


def test_the_logarithmic_axis_has_several_readable_numbers(evidence: Evidence) -> None:
    svg = str(comparison(evidence.summary, evidence.costs).panels[1].svg)
    seconds = svg[svg.index("matplotlib.axis_1") : svg.index("matplotlib.axis_2")]
    labels = re.findall(r">([\d,.]+)</text>", seconds)
    assert len(labels) > 2
    assert all(each.replace(",", "").strip("0.") in {"1", "2", "5"} for each in labels)
