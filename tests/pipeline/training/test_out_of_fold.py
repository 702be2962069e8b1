import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.artifacts.task import Task
from pipeline.evaluation.score import score
from pipeline.training.out_of_fold import OutOfFold

COLUMNS = ["id", "group", "label", "repeat", "fold", "probability", "threshold"]
INTERVALS = {"n_bootstrap": 200, "confidence": 0.95, "seed": 0}


def made(repeats, n=120, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) // 2 % 2
    cases = pd.DataFrame(
        {
            "id": [f"i{i:03d}" for i in range(n)],
            "group": [f"p{i // 2}" for i in range(n)],
            "label": labels,
        }
    )
    found = OutOfFold.empty(cases, ("no", "yes"), repeats)
    positive = 1 / (1 + np.exp(-rng.normal(labels - 0.5, 1, (repeats, n))))
    found.probability[:] = np.stack([1 - positive, positive], axis=-1)
    found.threshold[:] = 0.4
    found.fold[:] = np.arange(n) // 2 % 5
    return found


def test_one_repeat_is_scored_as_any_model_is():
    found = made(1)
    cases = found.cases
    plain = score(
        cases["label"],
        found.probability[0],
        cases["group"],
        task=Task.of(found.classes),
        threshold=0.4,
        **INTERVALS,
    )
    figures = found.score(**INTERVALS)
    for metric in ("auc", "accuracy", "f1", "sensitivity", "specificity", "brier"):
        assert figures[metric]["value"] == pytest.approx(plain[metric]["value"])
    assert figures["auc_by_repeat"]["smallest"] == figures["auc_by_repeat"]["largest"]


def test_repeats_are_averaged_and_not_pooled():
    found = made(3)
    labels, groups = found.cases["label"], found.cases["group"]
    each = [
        score(labels, p, groups, task=Task.of(found.classes), threshold=0.4, **INTERVALS)["auc"]
        for p in found.probability
    ]
    figures = found.score(**INTERVALS)
    assert figures["auc"]["value"] == pytest.approx(np.mean([auc["value"] for auc in each]))
    assert figures["auc_by_repeat"] == {
        "smallest": min(auc["value"] for auc in each),
        "largest": max(auc["value"] for auc in each),
    }


def test_the_pooled_auc_has_no_interval_and_says_which_figure_has():
    figures = made(2).score(**INTERVALS)
    assert (figures["auc"]["low"], figures["auc"]["high"]) == (None, None)
    assert figures["auc"]["because"] == "the mean of folds has one"
    assert figures["auc_of_folds"]["low"] < figures["auc_of_folds"]["high"]


def test_every_fold_has_its_auc_and_its_patients():
    found = made(2)
    folds = found.score(**INTERVALS)["auc_by_fold"]
    assert [(each["repeat"], each["fold"]) for each in folds] == [
        (repeat, fold) for repeat in range(2) for fold in range(5)
    ]
    inside = found.fold[1] == 3
    auc = roc_auc_score(found.cases["label"][inside], found.probability[1, inside, 1])
    assert folds[8]["auc"] == pytest.approx(auc)
    assert (folds[8]["scored"], folds[8]["trained"]) == (12, 48)
    found.cases.loc[inside, "label"] = 0
    assert found.score(**INTERVALS)["auc_by_fold"][8]["auc"] is None


def test_the_mean_of_folds_stands_beside_the_pooled_figure():
    found = made(2)
    positive = (found.probability[..., 1] + found.fold % 2) / 2  # scales differ between folds
    found.probability[:] = np.stack([1 - positive, positive], axis=-1)
    figures, each = found.score(**INTERVALS), []
    for probability, folds in zip(found.probability, found.fold, strict=True):
        for fold in np.unique(folds):
            labels = found.cases["label"][folds == fold]
            each.append(roc_auc_score(labels, probability[folds == fold, 1]))
    assert figures["auc_of_folds"]["value"] == pytest.approx(np.mean(each))
    assert figures["auc_of_folds"]["value"] > figures["auc"]["value"] + 0.02
    assert figures["auc_of_folds"]["low"] < figures["auc_of_folds"]["value"]


def test_thresholds_are_those_of_each_fold():
    found = made(1)
    found.threshold[0] = np.where(found.fold[0] == 0, 0.0, 2.0)  # only fold 0 is called positive
    figures = found.score(**INTERVALS)
    positive = found.cases["label"] == 1
    assert figures["sensitivity"]["value"] == pytest.approx((found.fold[0][positive] == 0).mean())


def test_the_file_says_what_it_is(tmp_path):
    found = made(2)
    path = tmp_path / "cv" / "mlp.csv"
    path.parent.mkdir()
    found.write(path, {"data": "synthetic demo cohort (not patients)"})
    head, _, _ = path.read_text().partition("\n")
    assert "synthetic" in json.loads(head.removeprefix("#"))["data"]
    frame = pd.read_csv(path, comment="#", dtype="str")  # older pandas rounds
    assert list(frame.columns) == COLUMNS
    assert len(frame) == 2 * 120
    np.testing.assert_array_equal(
        frame["probability"].astype(float), found.probability[..., 1].ravel()
    )
    OutOfFold.empty(found.cases, found.classes, 0).write(path, {})
    assert path.read_text() == f"# {{}}\n{','.join(COLUMNS)}\n"
