"""A finished study of invented figures, as the stages before the report would leave it."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import evaluate
from pipeline.cases import write_cases
from pipeline.evaluate import MODELS
from pipeline.leakage.find import COLUMNS, KINDS, count
from pipeline.params import Params, load_params
from pipeline.predictions import Predictions, write_predictions
from pipeline.quarantine import write_quarantine
from pipeline.reporting.evidence import Summary, read_summary
from pipeline.sources.base import Rejected
from radbank.files import write_json, write_text

ROOT = Path(__file__).resolve().parents[2]
CLASSES = ("No finding", "Lung opacity")
PROVENANCE = {
    "backbone": "efficientnet_lite0",
    "weights": "efficientnet_lite0.imagenet",
    "weights_random": False,
    "synthetic": True,
    "classes": list(CLASSES),
}
SKILL = {
    "logistic_regression": 1.9,
    "lightgbm": 1.6,
    "mlp": 1.75,
    "linear_probe": 0.9,
    "finetune": 2.1,
}
SECONDS = {
    "extract": 8.4,
    "train_logistic_regression": 1.62,
    "train_lightgbm": 0.84,
    "train_mlp": 3.3,
    "train_linear_probe": 0.07,
    "finetune": 161.3,
}
LEARNING = {
    "train/loss": (0.69, 0.52, 0.41, 0.36),
    "validation/loss": (0.66, 0.55, 0.50, 0.51),
    "validation/auc": (0.62, 0.78, 0.84, 0.85),
}


def invented_cases(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return frames of data/cases.parquet and data/splits.csv."""
    rng = np.random.default_rng(5)
    ids = [f"image-{i:03d}" for i in range(n)]
    groups = [f"patient-{i * 5 // 8:03d}" for i in range(n)]
    labels = np.arange(n) % 3 == 0
    cases = pd.DataFrame(
        {
            "id": ids,
            "group": groups,
            "path": [f"images/{name}.dcm" for name in ids],
            "label": labels.astype("int64"),
            "finding": np.where(labels, "Lung Opacity", rng.choice(["Normal", "Other"], n)),
            "boxes": None,
            "sex": rng.choice(["F", "M", None], n, p=[0.48, 0.48, 0.04]),
            "age": rng.integers(18, 91, n).astype(float),
            "view": rng.choice(["PA", "AP"], n),
            "modality": "CR",
            "official_split": None,
            "height": 320,
            "width": 320,
            "sha256": "0" * 64,
            "synthetic": True,
        }
    )
    names = np.repeat(["train", "validation", "test"], [n * 64 // 100, n * 16 // 100, n])[:n]
    splits = pd.DataFrame({"id": ids, "group": groups, "split": names, "fold": -1})
    splits.loc[splits["split"] == "train", "fold"] = 0
    return cases, splits


def write_predictions_of(model: str, cases: pd.DataFrame, splits: pd.DataFrame, seed: int) -> None:
    """Draw probabilities that tell the classes apart as well as the model's invented skill."""
    labels = cases["label"].to_numpy()[:, None]
    noise = np.random.default_rng(seed).normal(size=(len(cases), 2))
    scores = 1 / (1 + np.exp(-(SKILL[model] * (2 * labels - 1) * 0.6 + noise)))
    frame = splits[["id", "group", "split"]].assign(label=cases["label"])
    predictions = Predictions.of_views(frame, scores, PROVENANCE)
    write_predictions(f"predictions/{model}.csv", predictions)


def write_evidence() -> None:
    """Write what the report stage reads into the current directory."""
    settings = (ROOT / "params.yaml").read_text().replace("bootstrap: 2000", "bootstrap: 200")
    write_text("params.yaml", settings)
    cases, splits = invented_cases(240)
    write_cases("data/cases.parquet", cases, CLASSES)
    splits.to_csv("data/splits.csv", index=False)
    broken = {"images/1.dcm": "all pixels have the same value", "images/2.dcm": "not a DICOM file"}
    write_quarantine("data/quarantine.csv", [Rejected(*item) for item in broken.items()])
    for seed, model in enumerate(MODELS):
        write_predictions_of(model, cases, splits, seed)
    for name, values in LEARNING.items():
        lines = [f"{step}\t{value}" for step, value in enumerate(values, start=1)]
        head = f"step\t{Path(name).name}"
        write_text(f"curves/finetune/plots/metrics/{name}.tsv", "\n".join([head, *lines, ""]))
    for name, value in SECONDS.items():
        cost = {"seconds": value, "images": 240, "images_per_second": 240 / value, "device": "cpu"}
        write_json(f"metrics/cost/{name}.json", cost)
    write_leaks(cases, splits)
    evaluate.main()


def write_leaks(cases: pd.DataFrame, splits: pd.DataFrame) -> None:
    """Write what the leaks stage would, had it found a pair of each kind on two sides."""
    ends = cases[["id", "group"]].assign(split=splits["split"]).iloc[[0, -1]]
    row = {f"{name}_{end}": ends[name].iloc[i] for name in ends for i, end in enumerate("ab")}
    rows = [{"kind": kind, "similarity": 0.8, "kept_together": False, **row} for kind in KINDS]
    pairs = pd.DataFrame(rows)[list(COLUMNS)]
    write_text("data/leaks.csv", pairs.to_csv(index=False))
    of = {kind.replace(" ", "_").rstrip("?"): counts for kind, counts in count(pairs).items()}
    write_json("metrics/leaks.json", {**of, "not_listed": 0, "persons_comparable": len(cases)})


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all that the report stage reads; not to be changed."""
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_evidence()
    return folder


@pytest.fixture
def study(study_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the study that may be changed, as the current directory."""
    folder = tmp_path / "study"
    shutil.copytree(study_folder, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def summary(study_folder: Path) -> Summary:
    return read_summary(study_folder / "metrics/summary.json")


@pytest.fixture(scope="session")
def params() -> Params:
    return load_params(ROOT / "params.yaml")
