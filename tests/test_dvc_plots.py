"""The plots of dvc.yaml: no model is named, and one chart draws them all."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from dvc_render.vega import VegaRenderer
from ruamel.yaml import YAML

from heads.base import by_class
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.plots import write_plots
from pipeline.evaluation.rule import DecisionRule
from pipeline.statistics.scored_cases import ScoredCases

ROOT = Path(__file__).resolve().parent.parent
PLOTS = {
    name: settings
    for plot in YAML(typ="safe").load(ROOT / "dvc.yaml")["plots"]
    for name, settings in plot.items()
}
BY_MODEL = [name for name, settings in PLOTS.items() if "by_model" in settings["template"]]
MODELS = [f"head_{number}" for number in range(20)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the plots of twenty models."""
    generator = np.random.default_rng(0)
    labels = np.arange(40) % 2

    def classified():
        scores = by_class(np.clip(generator.normal(0.3 + 0.4 * labels, 0.2), 0, 1))
        cases = ScoredCases.of(labels, scores, np.arange(40))
        return ClassifiedCases.of(Task.of(["no", "yes"]), cases, DecisionRule(0.5))

    learning = pd.DataFrame({"epoch": [1, 2], "train_loss": 0.7, "validation_loss": 0.6})
    folder = tmp_path_factory.mktemp("project")
    write_plots(
        folder / "plots",
        {name: classified() for name in MODELS},
        {"finetune-seed": learning.assign(validation_auc=0.5)},
        confidence=0.95,
    )
    return folder


@pytest.mark.parametrize("name", BY_MODEL)
def test_one_chart_draws_every_model_in_its_own_colour_or_panel(folder, name):
    ((file, column),) = PLOTS[name]["y"].items()
    with (folder / file).open(newline="") as table:
        rows = [{**row, "rev": "workspace"} for row in csv.DictReader(table)]
    chart = VegaRenderer(
        rows,
        name,
        template=PLOTS[name]["template"],
        template_dir=str(ROOT / ".dvc/plots"),
        x=PLOTS[name]["x"],
        y=column,
    ).get_filled_template()
    assert "DVC_METRIC" not in str(chart)
    drawn = {row["model"] for row in chart["data"]["values"]}
    assert drawn == ({"finetune-seed"} if "learning" in file else set(MODELS))
    if "facet" in chart:
        assert chart["facet"]["column"]["field"] == "model"
        fields = chart["spec"]["encoding"]
    else:
        fields = chart["encoding"]
        assert fields["color"]["field"] == "model"
    assert (fields["x"]["field"], fields["y"]["field"]) == (PLOTS[name]["x"], column)


def test_every_kind_of_curve_but_that_of_classes_is_drawn(folder):
    files = {file for settings in PLOTS.values() for file in settings["y"]}
    written = {f"plots/{path.name}" for path in (folder / "plots").iterdir()}
    assert written - files == {"plots/class_roc.csv"}
    assert files - written == {"curves/limits/patients.csv"}
