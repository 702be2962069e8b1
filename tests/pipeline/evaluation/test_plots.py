import pandas as pd

from pipeline.evaluation.plots import write_plots
from pipeline.evaluation.study import Study

LEARNING = pd.DataFrame(
    {"epoch": [1], "train_loss": [0.7], "validation_loss": [0.6], "validation_auc": [0.5]}
)


def test_one_file_a_model_and_a_kind_of_curve(tmp_path, invent):
    study = Study.of({"mlp": invent(), "finetune": invent(seed=1)})
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots/roc_former.csv").write_text("left over")
    write_plots(tmp_path / "plots", study, LEARNING, confidence=0.95)
    columns = {
        path.name: path.read_text().splitlines()[0] for path in (tmp_path / "plots").iterdir()
    }
    assert columns == {
        "learning_finetune.csv": "epoch,train_loss,validation_loss,validation_auc",
        **{
            f"{kind}_{model}.csv": header
            for model in ("mlp", "finetune")
            for kind, header in {
                "roc": "fpr,tpr",
                "precision_recall": "recall,precision",
                "calibration": "predicted,observed,low,high,n",
                "decision": "threshold,net_benefit,low,high,treat_all",
                "confusion": "actual,predicted",
            }.items()
        },
    }


def test_confusion_is_at_the_models_own_threshold(tmp_path, invent):
    study = Study.of({"mlp": invent()})
    write_plots(tmp_path / "plots", study, LEARNING, confidence=0.95)
    found = pd.read_csv(tmp_path / "plots/confusion_mlp.csv")
    scores = study.models["mlp"]
    called = scores.reported.probabilities >= scores.threshold
    assert (found["predicted"] == "opacity").tolist() == called.tolist()
    assert (found["actual"] == "opacity").tolist() == scores.reported.labels.astype(bool).tolist()
