import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.task import Task
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.plots import calibrated_cases, confusion, curves, write_plots
from pipeline.evaluation.recalibration import recalibrated
from pipeline.evaluation.rule import DecisionRule
from pipeline.evaluation.study import Study
from pipeline.statistics.curves import roc
from pipeline.statistics.net_benefit import decision_curve
from pipeline.statistics.scored_cases import ScoredCases

LEARNING = pd.DataFrame(
    {"epoch": [1], "train_loss": [0.7], "validation_loss": [0.6], "validation_auc": [0.5]}
)


@pytest.fixture
def models(invent):
    study = Study.of({"mlp": invent(), "finetune-seed": invent(seed=1)})
    return {name: scores.reported for name, scores in study.models.items()}


def test_one_file_a_kind_of_curve_names_the_model_of_each_row(tmp_path, models):
    folder = tmp_path / "plots"
    folder.mkdir()
    (folder / "roc_former.csv").write_text("left over")
    write_plots(folder, models, {"finetune-seed": LEARNING}, confidence=0.95)
    tables = {path.name: pd.read_csv(path) for path in folder.iterdir()}
    assert {name: ",".join(table.columns) for name, table in tables.items()} == {
        "roc.csv": "model,fpr,tpr",
        "class_roc.csv": "model,class,fpr,tpr",
        "precision_recall.csv": "model,recall,precision",
        "calibration.csv": "model,predicted,observed,low,high,n",
        "decision.csv": "model,threshold,net_benefit,low,high,treat_all,as_it_is,recalibrated",
        "confusion.csv": "model,actual,predicted",
        "learning.csv": "model,epoch,train_loss,validation_loss,validation_auc",
    }
    for name, table in tables.items():
        expected = ["finetune-seed"] if name == "learning.csv" else ["mlp", "finetune-seed"]
        assert table["model"].unique().tolist() == expected
    mlp = tables["roc.csv"].query("model == 'mlp'")[["fpr", "tpr"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(mlp, roc(models["mlp"].one_vs_rest[0]))


def test_decision_curves_are_of_recalibrated_probabilities(invent):
    predictions = invent(1.0)
    low = predictions.frame["probability"]
    predictions.frame["probability"] = low**3  # far too low: at 0.5 few are acted on
    model = Study.of({"mlp": predictions}).models["mlp"]
    corrected = recalibrated(model, "platt")
    found = curves(model.reported, 0.95, corrected)["decision"]
    plain = curves(model.reported, 0.95)["decision"]
    expected = decision_curve(corrected.one_vs_rest[0], confidence=0.95)
    pd.testing.assert_frame_equal(found[list(expected)], expected)
    assert found["recalibrated"].all()
    assert not plain["recalibrated"].any()
    assert found["as_it_is"].tolist() == plain["net_benefit"].tolist()
    at_half = found["threshold"].sub(0.5).abs().idxmin()
    assert found["net_benefit"][at_half] > plain["net_benefit"][at_half] + 0.05


def test_confusion_is_by_the_models_own_rule(models):
    found = confusion(models["mlp"])
    assert (found["predicted"] == "opacity").tolist() == models["mlp"].predicted.astype(
        bool
    ).tolist()
    labels = models["mlp"].cases.labels
    assert (found["actual"] == "opacity").tolist() == labels.astype(bool).tolist()


def test_each_class_has_its_curve_and_curves_of_binary_tasks_have_no_rows(several, tmp_path):
    cases = several()
    found = curves(cases, 0.95)
    assert found["class_roc"]["class"].unique().tolist() == ["a", "b", "c"]
    for name, binary in zip("abc", cases.one_vs_rest, strict=True):
        own = found["class_roc"].loc[found["class_roc"]["class"] == name, ["fpr", "tpr"]]
        pd.testing.assert_frame_equal(own.reset_index(drop=True), roc(binary))
    assert found["precision_recall"].empty
    assert found["decision"].empty
    table = found["confusion"]
    assert (table["actual"] == table["predicted"]).mean() == pytest.approx(cases.correct.mean())
    write_plots(tmp_path / "plots", {"mlp": cases}, {"finetune-seed": LEARNING}, confidence=0.95)
    text = (tmp_path / "plots/decision.csv").read_text()
    assert text == "model,threshold,net_benefit,low,high,treat_all,as_it_is,recalibrated\n"


def test_the_calibration_of_several_classes_is_that_of_the_prediction():
    probabilities = np.array([[0.6, 0.3, 0.1], [0.5, 0.2, 0.3]])
    cases = ScoredCases.of([0, 1], probabilities, ["p", "q"])
    top = calibrated_cases(ClassifiedCases.of(Task.of("abc"), cases, DecisionRule(None)))
    assert top.labels.tolist() == [1, 0]
    assert top.probabilities.tolist() == [0.6, 0.5]
