import numpy as np
import pandas as pd
import pytest

from heads.base import by_class
from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.plots import confusion, write_plots
from pipeline.evaluation.rule import DecisionRule
from pipeline.reporting.evidence import read_curves
from pipeline.statistics.scored_cases import ScoredCases


@pytest.mark.parametrize(
    "classes", [("None", "NA"), ("null", "nan"), ("01", "02"), ("1", "1.0"), ("False", "True")]
)
def test_names_of_classes_are_read_as_they_were_written(classes, tmp_path):
    generator = np.random.default_rng(0)
    labels = np.arange(40) % 2
    scores = by_class(np.clip(generator.normal(0.3 + 0.4 * labels, 0.3), 0, 1))
    cases = ScoredCases.of(labels, scores, np.arange(40))
    classified = ClassifiedCases.of(Task.of(classes), cases, DecisionRule(0.5))
    learning = pd.DataFrame({"epoch": [1], "train_loss": [0.7]})
    write_plots(
        tmp_path / "plots", {"mlp": classified}, {"finetune-seed": learning}, confidence=0.95
    )

    found = read_curves(tmp_path / "plots/confusion.csv")["mlp"]
    pd.testing.assert_frame_equal(found, confusion(classified), check_dtype=False)
    of_class = read_curves(tmp_path / "plots/class_roc.csv")["mlp"]
    assert set(of_class["class"]) == {classes[1]}
