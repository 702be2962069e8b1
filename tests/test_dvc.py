"""The pipeline under DVC: what runs, what is skipped, and what comes back from the run cache."""

import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
HEADS = tuple(YAML(typ="safe").load(ROOT / "params.yaml")["heads"])
ARMS = ("finetune-seed",)
ALWAYS = "fingerprint"  # runs every time: it tells the others whether the data set changed
EVERY_STAGE = [
    "demo", "fingerprint", "ingest", "prepare", "split", "extract", "leaks",
    *(f"train@{head}" for head in HEADS), "ensemble", "crossvalidate", "limits",
    *(f"finetune@{arm}" for arm in ARMS), *(f"crossvalidate_finetune@{arm}" for arm in ARMS),
    "evaluate", "shortcuts", "report",
]  # fmt: skip
FROM_EXTRACT_ON = {*EVERY_STAGE[EVERY_STAGE.index("extract") :]}


def ran(output: str) -> list[str]:
    return re.findall(r"Running stage '([^']+)'", output)


def restored(output: str) -> list[str]:
    return re.findall(r"Stage '([^']+)' is cached - skipping run", output)


@pytest.fixture(scope="module")
def project(reproduced, tmp_path_factory):
    return reproduced.copy_to(tmp_path_factory.mktemp("dvc"))


def test_repro_runs_every_stage(project):
    assert sorted(ran(project.printed["first"])) == sorted(EVERY_STAGE)
    for out in (
        "report/index.html",
        "metrics/summary.json",
        "metrics/study.json",
        "data/quarantine.csv",
    ):
        assert (project.folder / out).is_file()


def test_another_backbone_embeds_again_and_keeps_the_old_store(project):
    assert set(ran(project.printed["another backbone"])) == {ALWAYS, *FROM_EXTRACT_ON}
    stores = {path.name for path in (project.folder / "data/features").glob("*.zarr")}
    assert stores == {"efficientnet_lite0.zarr", "efficientnet_lite1.zarr"}


def test_a_heads_params_rerun_that_head_and_what_follows(project):
    rerun = {ALWAYS, "train@mlp", "ensemble", "crossvalidate", "evaluate", "report"}
    assert set(ran(project.printed["another mlp"])) == rerun


def test_going_back_restores_without_computing(project):
    output = project.printed["first again"]
    assert ran(output) == [ALWAYS]
    assert set(restored(output)) == FROM_EXTRACT_ON


def test_repro_again_hashes_the_data_set_and_runs_nothing_else(project):
    before = (project.folder / "dvc.lock").read_bytes()
    output = project.repro()
    assert ran(output) == [ALWAYS]
    assert restored(output) == []
    assert (project.folder / "dvc.lock").read_bytes() == before


def test_outputs_are_ignored_by_git_but_for_the_metrics(project):
    status = project("git", "status", "--porcelain", "--untracked-files=all")
    assert {line[3:] for line in status.splitlines()} == {"dvc.lock", "metrics/study.json"}


def test_an_experiment_restores_too_and_is_shown(project):
    project.commit("The first results")
    output = project("dvc", "exp", "run", "--set-param", "backbone=efficientnet_lite1")
    assert ran(output) == [ALWAYS]
    assert "efficientnet_lite1" in project("dvc", "exp", "show", "--csv")


def test_a_study_of_finished_backbones_computes_nothing_and_changes_nothing(project):
    before = (project.folder / "params.yaml").read_bytes()
    backbones = "efficientnet_lite0,efficientnet_lite1"
    output = project("python", "-m", "pipeline.cli", "study", "--backbones", backbones)
    assert "finished, as the experiment efficientnet_lite1-" in output
    logs = (project.folder / ".dvc/tmp/radbank-study").glob("*.log")
    printed = [log.read_text(encoding="utf-8") for log in logs]
    assert len(printed) == 2
    for log in printed:
        assert ran(log) == [ALWAYS]
        assert set(restored(log)) == {*EVERY_STAGE} - {ALWAYS}
    assert (project.folder / "params.yaml").read_bytes() == before
    study = (project.folder / "study.md").read_text(encoding="utf-8")
    assert "**SYNTHETIC DATA: synthetic demo cohort (not patients).**" in study
    assert study.count("**not decided**") == 3
    again = project("python", "-m", "pipeline.cli", "study", "--backbones", backbones)
    assert again.count("finished before, as the experiment") == 2


def test_a_queued_experiment_finds_its_embeddings_in_the_bank(project):
    # it runs in a copy of the project elsewhere; plain views are those of the runs before
    options = ("--name", "plain", "--set-param", "features.views=0")
    project("dvc", "exp", "run", "--queue", *options, "extract")
    project("dvc", "exp", "run", "--run-all")
    output = project("dvc", "queue", "logs", "plain")
    assert ran(output) == [ALWAYS, "extract"]
    assert "\n0 embeddings computed, 40 from the bank" in output


def test_all_models_are_drawn_in_one_chart(project):
    shown = json.loads(project("dvc", "plots", "show", "--json"))
    assert not shown.get("errors")
    for kind in ("ROC", "precision-recall", "calibration", "decision", "confusion"):
        (name,) = (name for name in shown["data"] if name.startswith(kind))
        (chart,) = shown["data"][name]
        points = chart["content"]["data"]["values"]
        assert {point["model"] for point in points} == {*HEADS, "ensemble", *ARMS}


def test_what_lies_behind_links_is_watched_and_odd_files_stop_nothing(project, tmp_path):
    root = tmp_path / "root"
    rng = np.random.default_rng(0)
    for number in range(40):
        path = tmp_path / ("elsewhere" if number % 2 else "root/ill") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Pillow.fromarray(rng.integers(0, 256, (40, 40), np.uint8)).save(path)
    (root / "well").symlink_to(tmp_path / "elsewhere")
    (root / "ill/lost.png").symlink_to("nowhere")
    os.mkfifo(root / "ill/pipe")
    shutil.copy(path, os.fsdecode(os.fsencode(root) + b"/ill/r\xf6.png"))
    ours = {"layout": "folder", "root": str(root), "groups": None}
    before = (project.folder / "params.yaml").read_bytes()
    project.set_params({"data": ours})
    assert ran(project("dvc", "repro", "ingest")) == ["demo", ALWAYS, "ingest"]  # makes no demo
    assert ran(project("dvc", "repro", "ingest")) == [ALWAYS]
    (root / "well/1.png").unlink()
    shutil.copy(root / "ill/0.png", root / "well/new.png")
    assert ran(project("dvc", "repro", "ingest")) == [ALWAYS, "ingest"]
    (project.folder / "params.yaml").write_bytes(before)


def test_changed_code_reruns_the_stages_that_are_made_of_it_and_no_other(project):
    made_of = {
        "split": "pipeline/splitting/joins.py",
        "leaks": "pipeline/leakage/similar.py",
        "shortcuts": "pipeline/probing/shortcut.py",
    }
    for file in made_of.values():
        with (project.folder / file).open("a", encoding="utf-8") as code:
            code.write("# changed\n")
    # what they write is as before, so that nothing after them runs
    assert set(ran(project.repro())) == {ALWAYS, *made_of}
