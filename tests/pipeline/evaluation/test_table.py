import io

import pytest
from rich.console import Console

from pipeline.artifacts.results import Estimate
from pipeline.artifacts.task import Task
from pipeline.evaluation.outcome import summarise
from pipeline.evaluation.study import Study
from pipeline.evaluation.table import caption, table


@pytest.fixture
def summary(invent, plan):
    study = Study.of({"linear_probe": invent(views=True), "finetune-seed": invent(seed=1)})
    intervals = {"n_bootstrap": 200, "confidence": 0.9, "seed": 0}
    return summarise(study, [], intervals, plan)


def printed(summary):
    file = io.StringIO()
    Console(file=file, width=100).print(table(summary, Task.of(["normal", "opacity"])))
    return file.getvalue()


def test_every_model_has_a_row_that_fits_its_line(summary):
    lines = printed(summary).splitlines()
    assert " ".join(lines[0].split()) == "model AUC (90 % CI) Accuracy F1 Sensitivity n"
    assert [line.split("  ")[0] for line in lines[1:]] == [
        "linear_probe",
        "finetune-seed",
        "linear_probe, augmented",
    ]
    auc = summary.models["finetune-seed"].auc
    assert f"{auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})" in lines[2]
    assert lines[2].split()[-1] == "40"


def test_trainings_have_a_column_where_a_model_has_several(summary):
    tuned = summary.models["finetune-seed"]
    spread = tuned.auc.model_copy(update={"seeds_sd": 0.0042})
    several = type(tuned).of({**tuned.estimates, "auc": spread}, threshold=0.5, trainings=3)
    changed = summary.model_copy(update={"models": {**summary.models, "finetune-seed": several}})
    first, probe, last, _ = printed(changed).splitlines()
    assert first.rstrip().endswith("trainings (sd)")
    assert probe.split()[-1] == "1"
    assert last.rstrip().endswith("3 (0.004)")


def test_what_is_not_defined_is_a_dash(summary):
    nothing = Estimate(value=None, low=None, high=None)
    found = summary.models["finetune-seed"]
    estimates = {**found.estimates, "auc": nothing, "sensitivity": nothing}
    undefined = type(found).of(estimates, threshold=0.5)
    changed = summary.model_copy(update={"models": {"finetune-seed": undefined}})
    assert printed(changed).count(" - ") == 2


def test_the_caption_warns_only_of_what_holds(summary):
    plain = "resnet50, test split: 40 images of 20 patients, "
    assert caption(summary).startswith(plain)
    assert len(caption(summary).splitlines()) == 1
    doubtful = summary.model_copy(
        update={"data": "synthetic demo", "weights": "random", "split_note": "optimistic"}
    )
    warnings = caption(doubtful).splitlines()[1:]
    assert [line.split(":")[0] for line in warnings] == [
        "SYNTHETIC DATA",
        "RANDOM WEIGHTS",
        "NO TEST SPLIT",
    ]
