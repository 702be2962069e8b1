import io
from dataclasses import replace

import pytest
from rich.console import Console

from pipeline.evaluation.study import Study
from pipeline.evaluation.summary import summarise
from pipeline.evaluation.table import caption, table


@pytest.fixture
def summary(invent):
    study = Study.of({"linear_probe": invent(views=True), "finetune": invent(seed=1)})
    return summarise(study, [], margin=0.02, n_bootstrap=200, confidence=0.9, seed=0)


def printed(summary):
    file = io.StringIO()
    Console(file=file, width=100).print(table(summary))
    return file.getvalue()


def test_every_model_has_a_row_that_fits_its_line(summary):
    lines = printed(summary).splitlines()
    assert " ".join(lines[0].split()) == "model AUC (90 % CI) accuracy sensitivity specificity n"
    assert [line.split("  ")[0] for line in lines[1:]] == [
        "linear_probe",
        "finetune",
        "linear_probe, augmented",
    ]
    auc = summary.models["finetune"]["auc"]
    assert f"{auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})" in lines[2]
    assert lines[2].split()[-1] == "40"


def test_what_is_not_defined_is_a_dash(summary):
    nothing = {"value": None, "low": None, "high": None}
    figures = {**summary.models["finetune"], "auc": nothing, "sensitivity": nothing}
    assert printed(replace(summary, models={"finetune": figures})).count(" - ") == 2


def test_the_caption_warns_only_of_what_holds(summary):
    plain = "resnet50, test split: 40 images of 20 patients, "
    assert caption(summary.heading).startswith(plain)
    assert len(caption(summary.heading).splitlines()) == 1
    doubtful = replace(
        summary.heading, data="synthetic demo cohort", weights="random", split_note="optimistic"
    )
    warnings = caption(doubtful).splitlines()[1:]
    assert [line.split(":")[0] for line in warnings] == [
        "SYNTHETIC DATA",
        "RANDOM WEIGHTS",
        "NO TEST SPLIT",
    ]
