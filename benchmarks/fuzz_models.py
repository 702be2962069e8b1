"""Files of trained models for `benchmarks.fuzz`, and how users' commands read them."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from features import backbones
from heads import get_head, load_head, skops_file
from heads.ensemble import Ensemble
from heads.examples import Examples
from pipeline.artifacts.trained_model import FILE, TrainedModel, seal
from pipeline.finetuning.network import FineTunedNetwork, build_network, save_weights
from pipeline.prediction.model import probabilities_of
from radbank.files import read_json, sha256_file, write_json

WIDTH = 6  # features of the heads
_HEADS = ("logistic_regression", "mlp", "linear_probe", "lightgbm")


@dataclass(frozen=True)
class Seed:
    """A valid file, and how to read what became of it.

    Attributes
    ----------
    content
        Of the file.
    read
        Reads a damaged content in a folder of its own; raises a RadbankError where it
        is refused.
    """

    content: bytes
    read: Callable[[Path, bytes], None]


def model_seeds(rng: np.random.Generator) -> list[Seed]:
    """Return the files of trained heads, an ensemble, a fine-tuned network and a skops archive."""
    labels = np.arange(80) % 2
    embeddings = rng.standard_normal((80, 1, WIDTH), np.float32)
    embeddings[labels == 1] += 1
    people = np.arange(80).astype(str)
    examples = Examples(
        embeddings=embeddings, labels=labels, groups=people, folds=np.arange(80) // 2 % 3
    )
    few = {"lightgbm": {"max_rounds": 5}, "mlp": {"max_epochs": 2}, "linear_probe": {"epochs": 2}}
    heads = {
        name: get_head(name)(seed=0, **few.get(name, {})).fit(examples, examples) for name in _HEADS
    }
    everything = {**heads, "ensemble": Ensemble.of(heads, examples)}
    with tempfile.TemporaryDirectory() as folder_name:
        scratch, found = Path(folder_name), []
        for name, head in everything.items():
            folder = scratch / name
            folder.mkdir()
            head.save(folder)
            _about(name).write(folder)
            files = {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
            found += [
                Seed(content, partial(_read_model, files, damaged))
                for damaged, content in files.items()
            ]
        skops_file.dump(
            make_pipeline(StandardScaler(), LogisticRegression()).fit(embeddings[:, 0], labels),
            scratch / "a.skops",
        )
        found.append(Seed((scratch / "a.skops").read_bytes(), _read_skops))
        save_weights(_network().state_dict(), scratch)
        weights = (scratch / "model.safetensors").read_bytes()
        return [*found, Seed(weights, _read_network)]


def _about(name: str) -> TrainedModel:
    return TrainedModel(
        kind="head",
        name=name,
        backbone="resnet50",
        weights_name="random",
        weights_sha256="0" * 64,
        weights_random=True,
        preprocessing={"input_size": 224, "mean": [0.5] * 3, "std": [0.5] * 3},
        image_size=320,
        layers=("penultimate",),
        precision="fp32",
        engine="eager",
        device="cpu",
        batch_size=16,
        seed=0,
        classes=("normal", "pneumonia"),
        threshold=0.4,
        synthetic=False,
        n_train=80,
    )


def _read_model(files: dict[str, bytes], damaged: str, folder: Path, content: bytes) -> None:
    """Read a model of which one file was damaged and, if it can be, put under its right sum."""
    for name, whole in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if name == damaged else whole)
    with suppress(ValueError, TypeError, RecursionError):  # it may be no JSON any more
        about = dict(read_json(folder / FILE))
        sums = {name: sha256_file(folder / name) for name in files if name != FILE}
        about = {key: about[key] for key in about if key != "sha256"} | {"files": sums}
        write_json(folder / FILE, about | {"sha256": seal(about)})
    model = TrainedModel.read(folder)
    head = load_head(model.name, folder)
    probabilities_of(folder, model, head, np.ones((2, 1, WIDTH), np.float32))


def _read_skops(folder: Path, content: bytes) -> None:
    (folder / "a.skops").write_bytes(content)
    skops_file.load(folder / "a.skops")


@cache
def _network() -> FineTunedNetwork:
    backbone = backbones.load("timm:test_efficientnet", weights="random")
    return build_network(backbone, n_classes=2, image_size=None, seed=0)


def _read_network(folder: Path, content: bytes) -> None:
    (folder / "model.safetensors").write_bytes(content)
    _network().restore(folder)
