"""A finished study of invented figures, as the stages before the report would leave it."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from features.store.store import StoreCoords, write_store
from heads.base import by_class
from heads.examples import Examples
from heads.logistic_regression import LogisticRegression
from pipeline import evaluate, leaks, paths
from pipeline.artifacts.cases import write_cases
from pipeline.artifacts.conditions import Conditions
from pipeline.artifacts.cost import EXTRACTION, Cost, write_cost
from pipeline.artifacts.crossvalidation import CrossValidated, CrossValidation, Extremes, FoldAuc
from pipeline.artifacts.document import read_document, write_document
from pipeline.artifacts.images import write_images
from pipeline.artifacts.leaks import LeakCounts, PairCount, count_name
from pipeline.artifacts.predictions import Predictions, write_predictions
from pipeline.artifacts.quarantine import Rejected, write_quarantine
from pipeline.artifacts.results import Difference, Estimate, Tested
from pipeline.artifacts.shortcuts import HeldOut, Probe, Property, Shortcuts
from pipeline.artifacts.summary import Summary
from pipeline.artifacts.task import Task
from pipeline.evaluation.metrics import main_metrics
from pipeline.leakage.find import count, find_leaks
from pipeline.leakage.person import could_be_one
from pipeline.params import Params, load_params
from pipeline.probing.floors import METADATA, SHUFFLED
from pipeline.probing.metadata import told_by_metadata
from pipeline.probing.shuffled import told_from_shuffled
from pipeline.reporting.evidence import Evidence, read_evidence
from pipeline.robustness.balance import shifted_balance
from pipeline.robustness.bench import Bench
from pipeline.robustness.labels import noisy_labels
from pipeline.robustness.patients import fewer_patients
from pipeline.robustness.planted import plant_errors
from pipeline.robustness.suspects import list_suspects
from pipeline.splitting.partition import Plan, partition
from radbank.files import sha256_file, write_json, write_text
from tests.pipeline.costs import arm_cost, extraction_cost, head_cost

ROOT = Path(__file__).resolve().parents[2]
PARAMS = load_params(ROOT / "params.yaml")
MODELS, ARMS = PARAMS.models, PARAMS.finetune.arms.names
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
    "ensemble": 1.95,
    "finetune-seed": 2.1,
    "finetune-modern": 2.2,
    "last-block": 2.0,
}
SECONDS = {
    "logistic_regression": 1.62,
    "lightgbm": 0.84,
    "mlp": 3.3,
    "linear_probe": 0.07,
    "ensemble": 5.8,
    "finetune-seed": 161.3,
    "finetune-modern": 143.9,
    "last-block": 21.4,
}
LEARNING = {
    "train/loss": (0.69, 0.52, 0.41, 0.36),
    "validation/loss": (0.66, 0.55, 0.50, 0.51),
    "validation/auc": (0.62, 0.78, 0.84, 0.85),
}


SHORTCUTS = Shortcuts(
    minimum_patients=20,
    probes=(
        Probe(
            column="view",
            value="PA",
            n=80,
            n_patients=61,
            positive_with=0.31,
            positive_without=0.36,
            too_small=False,
            auc=Estimate(value=0.93, low=0.88, high=0.96),
        ),
    ),
    properties=(
        Property(
            column="view",
            value="PA",
            readable=Tested(value=0.92, low=0.87, high=0.97, p=1e-9, p_holm=1e-9),
            label=Tested(value=0.53, low=0.44, high=0.62, p=0.5, p_holm=0.5),
            held_out=(
                HeldOut(
                    column="view",
                    value="AP",
                    n=73,
                    n_patients=55,
                    seen=0.81,
                    unseen=0.74,
                    difference=Difference(value=-0.07, low=-0.13, high=-0.01, p=0.02, p_holm=0.04),
                ),
            ),
            p_holm=0.5,
            shortcut=False,
            verdict="no shortcut shown",
        ),
    ),
)


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
    splits["split"] = splits.groupby("group")["split"].transform("first")
    splits.loc[splits["split"] == "train", "fold"] = 0
    return cases, splits


def write_predictions_of(model: str, cases: pd.DataFrame, splits: pd.DataFrame, seed: int) -> None:
    """Draw probabilities that tell the classes apart as well as the model's invented skill."""
    labels = cases["label"].to_numpy()[:, None]
    noise = np.random.default_rng(seed).normal(size=(len(cases), 2))
    scores = 1 / (1 + np.exp(-(SKILL[model] * (2 * labels - 1) * 0.6 + noise)))
    frame = splits[["id", "group", "split"]].assign(label=cases["label"])
    how = Conditions(
        input_size=128 if model in ARMS else 224,
        class_weight="balanced",
        augmentation="none",
        configurations=2,
        networks=1,
    )
    provenance = {**PROVENANCE, "conditions": how.model_dump()}
    predictions = Predictions.of_views(frame, by_class(scores), provenance)
    write_predictions(paths.predictions(model), predictions)
    write_json(paths.metrics(model), {"inner_cv": {"auc": SKILL[model] / 2}})


def write_floors(cases: pd.DataFrame, splits: pd.DataFrame) -> None:
    """Write what the stage shortcuts trains on view, sex, age and size, and on shuffled labels."""
    labels, training = cases["label"].to_numpy(), (splits["split"] == "train").to_numpy()
    frame = splits[["id", "group", "split"]].assign(label=labels)
    told, fields = told_by_metadata(cases, labels, training, seed=0)
    embeddings = np.random.default_rng(9).normal(size=(len(cases), 6)).astype(np.float32)
    first, *others = told_from_shuffled(embeddings, labels, training, seed=0)
    known = {**PROVENANCE, "fields": list(fields)}
    for name, found in {
        METADATA: Predictions.of_views(frame, told[..., None], known),
        SHUFFLED: Predictions.of_views(frame, first[..., None], PROVENANCE, other_seeds=others),
    }.items():
        write_predictions(paths.FLOOR_PREDICTIONS / f"{name}.csv", found)


def write_crossvalidation(models: Sequence[str], arms: Sequence[str] = ()) -> None:
    """Write metrics/crossvalidation.json and that of each arm, had these been cross-validated."""
    names = [metric.name for metric in main_metrics(Task.of(CLASSES))]

    def figures(number: int, repeats: int) -> CrossValidated:
        areas = np.random.default_rng(number).uniform(0.7, 0.9, (repeats, 5))
        return CrossValidated.model_validate(
            {
                **dict.fromkeys(names, Estimate(value=0.8, low=0.7, high=0.9)),
                "auc_by_repeat": Extremes(smallest=0.78, largest=0.82),
                "auc_by_fold": [
                    FoldAuc(repeat=repeat, fold=fold, scored=30, trained=120, fewest=50, auc=area)
                    for repeat, row in enumerate(areas)
                    for fold, area in enumerate(row)
                ],
            }
        )

    found = CrossValidation(
        repeats=5,
        folds=5,
        n=240,
        n_patients=150,
        n_positive=80,
        models={name: figures(number, 5) for number, name in enumerate(models)},
    )
    write_document(paths.CROSSVALIDATION, found)
    for name in ARMS:
        of_arm = {name: figures(len(models), 1)} if name in arms else {}
        one = found.model_copy(update={"repeats": len(of_arm), "models": of_arm})
        write_document(paths.crossvalidation(name), one)


def write_limits(cases: pd.DataFrame, splits: pd.DataFrame) -> None:
    """Run the experiments of the stage limits on invented embeddings of the cases."""
    labels = cases["label"].to_numpy()
    embeddings = np.random.default_rng(7).normal(size=(len(cases), 1, 6)).astype(np.float32)
    embeddings[:, 0, :2] += labels[:, None]
    examples = Examples(
        embeddings=embeddings,
        labels=labels,
        groups=splits["group"].to_numpy(object),
        folds=splits["fold"].to_numpy(),
    )
    train, validation, test = (
        examples.take((splits["split"] == name).to_numpy())
        for name in ("train", "validation", "test")
    )
    head = LogisticRegression(C=[0.01], seed=0)
    bench = Bench(train, validation, test, head, confidence=0.95, seed=5)
    # patients whose names are numbers stay text in the report
    named = splits[["id", "group", "split"]].assign(label=labels)
    named["group"] = named["group"].str.removeprefix("patient-")
    tables = {
        "patients": fewer_patients(bench, [0.1, 1.0], repeats=2),
        "labels": noisy_labels(bench, [0.0, 0.3], repeats=2),
        "balance": shifted_balance(bench, [0.1, 0.9], repeats=2),
        "planted": plant_errors(bench, examples).table,
        "suspects": list_suspects(bench, named[["id", "group", "label", "split"]], examples),
    }
    for name, table in tables.items():
        if name != "suspects":
            table.insert(0, "model", "logistic_regression")
        write_text(paths.LIMITS / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))


def write_evidence() -> None:
    """Write what the report stage reads into the current directory."""
    write_changed_params({"evaluate": {"bootstrap": 200}})
    cases, splits = invented_cases(240)
    write_cases("data/cases.parquet", cases, CLASSES)
    splits.to_csv("data/splits.csv", index=False)
    broken = {"images/1.dcm": "all pixels have the same value", "images/2.dcm": "not a DICOM file"}
    write_quarantine("data/quarantine.csv", [Rejected(*item) for item in broken.items()])
    for seed, model in enumerate(MODELS):
        write_predictions_of(model, cases, splits, seed)
    write_floors(cases, splits)
    for name, values in LEARNING.items():
        lines = [f"{step}\t{value}" for step, value in enumerate(values, start=1)]
        head = f"step\t{Path(name).name}"
        for arm in ARMS:
            file = paths.curves(arm) / f"plots/metrics/{name}.tsv"
            write_text(file, "\n".join([head, *lines, ""]))
    write_cost(EXTRACTION, extraction_cost(8.4))
    for name, value in SECONDS.items():
        made = arm_cost(value) if name in ARMS else head_cost(value, plain=192)
        write_cost(paths.cost(name), made)
    write_document(paths.SHORTCUTS, SHORTCUTS)
    write_crossvalidation(("logistic_regression", "ensemble"), ("finetune-modern",))
    write_limits(cases, splits)
    write_leaks(cases, splits)
    evaluate.main()


def write_leaks(cases: pd.DataFrame, splits: pd.DataFrame) -> None:
    """Write what the stage leaks finds in embeddings with a pair of each kind on two sides."""
    n, limits = len(cases), load_params(ROOT / "params.yaml").leaks
    unit = np.eye(n, dtype=np.float32)
    hashes = [f"{i:064x}" for i in range(n)]
    train, test = (np.flatnonzero(splits["split"] == name) for name in ("train", "test"))
    hashes[test[0]] = hashes[train[0]]
    first, second = (part.ravel() for part in np.meshgrid(train[2:], test[2:]))
    alike = np.flatnonzero(could_be_one(cases, first, second))[0]
    near = (limits.near_duplicate + 1) / 2
    person = (limits.same_person + limits.near_duplicate) / 2
    for a, b, cosine in (
        (train[1], test[1], near),
        (first[alike], second[alike], person),
    ):
        unit[b] = cosine * unit[a] + np.sqrt(1 - cosine**2) * unit[b]
    pairs, n_more = find_leaks(cases, splits, hashes, unit, **limits.model_dump())
    write_text(paths.LEAKS, pairs.to_csv(index=False, lineterminator="\n"))
    counts = {count_name(kind): PairCount(**each) for kind, each in count(pairs).items()}
    known = leaks.comparable(cases)
    found = {**counts, "not_listed": n_more, "persons_comparable": known}
    write_document(paths.LEAK_COUNTS, LeakCounts.model_validate(found))


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


QUICK = {
    "heads": {"lightgbm": {"max_rounds": 30}, "mlp": {"members": 1, "max_epochs": 5}},
    "split": {"scheme": "cv", "folds": 3, "repeats": 1},
    "evaluate": {"bootstrap": 200},
    "limits": {
        "repeats": 2,
        "patients": [0.3, 1.0],
        "labels": [0.0, 0.2],
        "balances": [0.3, 0.7],
    },
}


def merged(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with some of them changed, block by block."""
    return {
        **settings,
        **{
            key: merged(settings[key], value) if isinstance(value, Mapping) else value
            for key, value in changes.items()
        },
    }


def write_changed_params(*changes: Mapping[str, Any]) -> None:
    """Write the project's params.yaml into the current directory, with some settings changed."""
    settings = YAML(typ="safe").load(ROOT / "params.yaml")
    YAML().dump(reduce(merged, changes, settings), Path("params.yaml"))


@pytest.fixture(scope="session")
def changed_params() -> Callable[..., None]:
    """Return a writer of params.yaml with some settings changed, into the current directory."""
    return write_changed_params


def write_cached(
    labels: np.ndarray, embeddings: np.ndarray, changes: Mapping[str, Any] = MappingProxyType({})
) -> pd.DataFrame:
    """Write params, cases, splits by patient and a store into the current directory.

    Two neighbouring images are of one patient. Returns the splits.
    """
    n, n_views, n_features = embeddings.shape
    write_changed_params(QUICK, changes)
    cases, _ = invented_cases(n)
    groups = [f"patient-{i // 2:03d}" for i in range(n)]
    cases = cases.assign(group=groups, label=labels.astype(np.int64))
    write_cases("data/cases.parquet", cases, CLASSES)
    ids = cases["id"].tolist()
    plan = Plan(test=0.25, validation=0.25, folds=3, seed=1)
    splits = partition(ids, groups, labels.tolist(), [None] * n, plan)
    splits.to_csv("data/splits.csv", index=False)
    preprocessing = {"input_size": 224, "mean": [0.5, 0.5, 0.5]}
    write_store(
        "data/features/efficientnet_lite0.zarr",
        [embeddings.astype(np.float32)],
        n_images=n,
        n_views=n_views,
        layer_of_feature=["penultimate"] * n_features,
        coords=StoreCoords(
            id=ids, group=groups, label=labels.tolist(), split=splits["split"].tolist()
        ),
        attributes={
            **PROVENANCE,
            "weights_sha256": "0" * 64,
            "preprocessing": preprocessing,
            "image_size": 320,
            "layers": ["penultimate"],
            "precision": "fp32",
            "engine": "eager",
            "device": "cpu",
            "batch_size": 16,
            "views_seed": 42,
        },
    )
    return splits


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pd.DataFrame]:
    """Return a writer of all that the stages after extract read, into the current directory."""
    monkeypatch.chdir(tmp_path)
    return write_cached


@pytest.fixture
def no_crossvalidation(study: Path) -> Path:
    """Return the study after a run with split.scheme holdout."""
    write_crossvalidation(())
    return study


@pytest.fixture(scope="session")
def evidence(study_folder: Path, params: Params) -> Evidence:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(study_folder)
        return read_evidence(params)


@pytest.fixture(scope="session")
def summary(evidence: Evidence) -> Summary:
    return evidence.summary


@pytest.fixture(scope="session")
def params() -> Params:
    return load_params(ROOT / "params.yaml")


class Prepared:
    """A folder with prepared images, a small network, and a bank of its own.

    Attributes
    ----------
    folder
        Where it is; the current directory.
    bank
        Where its embeddings are kept.
    store
        Where the feature store will be, relative to the folder.
    """

    backbone = "squeezenet1_1"
    store = Path(f"data/features/{backbone}.zarr")
    numbers: Sequence[int] = range(6)

    def __init__(self, folder: Path, bank: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.bank = bank
        self._patch = patch
        folder.mkdir()
        patch.chdir(folder)
        patch.setenv("RADBANK_BANK", str(bank))
        self.write_params()
        self.write_images(self.numbers)

    def elsewhere(self, name: str, numbers: Sequence[int], bank: Path | None = None) -> "Prepared":
        """Go to another project with these images, and with this bank or another one."""
        other = Prepared(self.folder.parent / name, bank or self.bank, self._patch)
        other.write_images(numbers)
        return other

    def write_params(self, seed: int = 42, weights: str = "random", **features: Any) -> None:
        """Write params.yaml."""
        yaml = YAML()
        content = yaml.load(ROOT / "params.yaml")
        content |= {"backbone": self.backbone, "weights": weights, "seed": seed}
        content["features"] |= {"batch_size": 4, "views": 1, **features}
        yaml.dump(content, self.folder / "params.yaml")

    def write_images(self, numbers: Sequence[int]) -> None:
        """Write cases, images and splits, as the stages before extract leave them.

        The image of a number is the same in every project.
        """
        ids = [f"image-{i:03d}" for i in numbers]
        absent = ("finding", "boxes", "sex", "age", "view", "modality", "official_split")
        cases = pd.DataFrame(
            {
                "id": ids,
                "group": [f"patient-{i // 2}" for i in numbers],
                "path": [f"{name}.dcm" for name in ids],
                "label": [i % 2 for i in numbers],
                **dict.fromkeys(absent),
                "height": 64,
                "width": 64,
                "sha256": "0" * 64,
                "synthetic": True,
            }
        )
        data = self.folder / "data"
        write_cases(data / "cases.parquet", cases, ("Normal", "Opacity"))
        images = (
            np.random.default_rng(i).integers(0, 256, (64, 64), dtype=np.uint8) for i in numbers
        )
        write_images(data / "images.h5", ids, images, 64, True)
        splits = cases[["id"]].assign(
            group=[f"joined-{i // 2}" for i in numbers],
            split=["train" if i < 4 else "test" for i in numbers],
            fold=-1,
        )
        splits.to_csv(data / "splits.csv", index=False)

    def files(self) -> dict[str, str]:
        """Return the SHA-256 of every file of the feature store."""
        store = self.folder / self.store
        return {
            str(file.relative_to(store)): sha256_file(file)
            for file in store.rglob("*")
            if file.is_file()
        }

    def blocks(self) -> list[Path]:
        """Return the blocks in the bank."""
        return sorted(self.bank.rglob("*.safetensors"))

    def cost(self) -> Cost:
        """Return what the last extraction took."""
        return read_document(Cost, self.folder / EXTRACTION)

    def counts(self) -> tuple[int, int]:
        """Return how many embeddings the last extraction computed, and found in the bank."""
        bank = self.cost().bank
        assert bank is not None
        return bank.computed, bank.reused


@contextmanager
def project_in(folder: Path) -> Iterator[Prepared]:
    with pytest.MonkeyPatch.context() as patch:
        yield Prepared(folder / "project", folder / "bank", patch)


@pytest.fixture(scope="session")
def in_project() -> Callable[[Path], AbstractContextManager[Prepared]]:
    """Return a context of a project with six prepared images as the current directory."""
    return project_in


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Prepared]:
    """Make a project with six prepared images the current directory."""
    with project_in(tmp_path) as project:
        yield project
