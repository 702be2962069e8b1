"""A package adds a head, a backbone, a layout and a metric; only params.yaml changes."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from ruamel.yaml import YAML

from radbank.files import read_json

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "tests" / "plugin"
MODEL = Path("models/heads/random_forest")
ARM = "finetune-seed"
COMMANDS = (
    "ingest", "prepare", "split", "extract", "leaks", "train random_forest", "train linear_probe",
    "ensemble", "crossvalidate", "limits", f"finetune {ARM}", f"crossvalidate_finetune {ARM}",
    "shortcuts", "evaluate", "report",
    f"cli predict {MODEL} raw --output random_forest.csv",
    "cli predict models/ensemble raw --output ensemble.csv",
    "cli backbones tiny",
)  # fmt: skip
IN_ONE_PROCESS = """
import sys
from importlib import import_module
for command in sys.argv[1:]:
    name, *arguments = command.split()
    print("==", command, flush=True)
    import_module(f"pipeline.{name}").main(*[arguments] if arguments else [])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the package where only a path of Python's finds it; return that folder."""
    source = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(PLUGIN, source)  # a build leaves files beside the sources
    target = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", target]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, source], check=True)
    return target


@pytest.fixture(scope="module")
def study(installed, tmp_path_factory):
    """Return a folder with images and a params.yaml that names what the package declares."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "raw").mkdir()
    rng = np.random.default_rng(0)
    for i in range(60):
        pixels = rng.integers(0, 120, (80, 90))
        looks_ill = i % 2 if rng.random() < 0.85 else 1 - i % 2  # so that models err
        pixels[20:60, 30:70] += 60 * looks_ill
        name = f"p{i // 4}_{i}_{('well', 'ill')[i % 2]}.png"
        Image.fromarray(pixels.astype(np.uint8)).save(folder / "raw" / name)
    params = YAML(typ="safe").load(ROOT / "params.yaml")
    params["backbone"] = "tiny"
    params["data"] |= {"layout": "named_files", "root": "raw", "groups": None, "positive": "ill"}
    params["prepare"]["size"] = 64
    params["features"] |= {"views": 0}
    params["heads"] = {
        "random_forest": {
            "trees": 20,
            "min_leaf": 1,
            "class_weight": "balanced",
            "augment": False,
            "average_views": False,
        },
        "linear_probe": params["heads"]["linear_probe"],
    }
    params["ensemble"]["members"] = ["random_forest"]
    params["evaluate"]["bootstrap"] = 100
    params["seeds"] = 1
    arms = params["finetune"]["arms"]
    params["finetune"]["arms"] = {ARM: {**arms[ARM], "epochs": 1, "warmup_epochs": 0}}
    params["limits"] |= {"head": "random_forest", "repeats": 1, "patients": [1.0], "labels": [0.0]}
    YAML().dump(params, folder / "params.yaml")
    shutil.copy(ROOT / "joins.csv", folder)
    printed = run(installed, folder, "-c", IN_ONE_PROCESS, *COMMANDS)
    (folder / "printed.txt").write_text(printed, encoding="utf-8")
    return folder


def run(installed, folder, *arguments):
    """Run Python with the package on its path; return what it printed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(installed)])}
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_every_file_is_short():
    for path in PLUGIN.rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 40, path


def test_the_stages_run_with_the_head_the_backbone_and_the_layout(study):
    model = read_json(study / MODEL / "model.json")
    assert (model["backbone"], model["weights_name"]) == ("tiny", "tiny.first")
    assert model["classes"] == ["well", "ill"]
    metrics = read_json(study / "metrics/heads/random_forest.json")
    assert metrics["validation"]["auc"]["value"] > 0.7
    assert metrics["chosen"] == {"classifier": "RandomForestClassifier"}
    settings = read_json(study / MODEL / "head.json")
    assert settings["hyperparameters"]["trees"] == 20
    assert (study / "models/ensemble/members/random_forest/classifier.skops").is_file()


def test_the_head_and_the_metric_are_in_the_results_and_in_the_report(study):
    models = read_json(study / "metrics/summary.json")["models"]
    assert list(models) == ["random_forest", "linear_probe", "ensemble", ARM]
    wrong, right = (models["random_forest"][name] for name in ("error_rate", "accuracy"))
    assert wrong["value"] == pytest.approx(1 - right["value"])
    assert wrong["low"] <= wrong["value"] <= wrong["high"]
    page = (study / "report/index.html").read_text(encoding="utf-8")
    assert "Random forest" in page
    assert "Error rate" in page


@pytest.mark.parametrize("model", ["random_forest", "ensemble"])
def test_predict_loads_the_head(study, model):
    with (study / f"{model}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert len(rows) == 60
    ill = {row["id"]: float(row["probability"]) for row in rows}
    called = np.mean([("ill" in path) == (value > 0.5) for path, value in ill.items()])
    assert called > 0.7


def test_a_wrong_hyperparameter_is_refused(installed, study, tmp_path):
    text = (study / "params.yaml").read_text()
    (tmp_path / "params.yaml").write_text(text.replace("trees: 20", "trees: 0"))
    with pytest.raises(AssertionError, match=r"heads\.random_forest\.trees is 0: input should be"):
        run(installed, tmp_path, "-m", "pipeline.train", "random_forest")


def test_the_backbone_is_listed(study):
    printed = (study / "printed.txt").read_text(encoding="utf-8").split("== cli backbones")[1]
    assert "tiny.first" in printed
    assert "128" in printed
