"""Load a trained model for inference, after checking weights and preprocessing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from features import backbones
from features.embedder import Embedder, device
from features.extraction import extract
from features.preprocessing import Preprocessing
from features.weights_info import PRETRAINED, RANDOM, WeightsInfo
from heads import load_head
from heads.base import pool_views
from pipeline.artifacts.trained_model import LARGEST, SMALLEST, TrainedModel
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.scoring import BATCH, probabilities
from pipeline.prediction.engine import means_for
from pipeline.prediction.files import FilePixels
from radbank.errors import RadbankError

if TYPE_CHECKING:
    from heads.base import Head
    from heads.ensemble import Ensemble


@dataclass(frozen=True)
class Predictor:
    """A trained model that is ready for inference.

    Attributes
    ----------
    model
        What it was trained on.
    score
        Yields the probabilities of each class for images, a batch at a time and in order, each
        an ndarray of shape (n, n_classes).
    batch_size
        The most images in a batch.
    caution
        One sentence where the images do not meet the computation of the training, else None.
    """

    model: TrainedModel
    score: Callable[[FilePixels], Iterator[np.ndarray]]
    batch_size: int
    caution: str | None = None


def load_predictor(folder: Path, *, weights: str | None = None) -> Predictor:
    """Read a trained head or a fine-tuned network.

    Parameters
    ----------
    folder
        Of the model, as in ``models/heads/mlp`` or ``models/finetune/finetune-seed``.
    weights
        Path of the backbone's weights, for a head that was trained on weights given by path;
        None looks where `features.weights.resolve` does. A fine-tuned network brings its own.

    Raises
    ------
    RadbankError
        If there is no model in the folder, `weights` is given for a fine-tuned network, or the
        backbone to be had now is not the one that the model was trained on.
    """
    model = TrainedModel.read(folder)
    if model.kind == "finetune":
        if weights is not None:
            raise RadbankError(
                f"{folder} is a fine-tuned network, which brings its own weights: leave --weights "
                "out."
            )
        return _network(folder, model)
    return _head(folder, model, weights)


def _network(folder: Path, model: TrainedModel) -> Predictor:
    # The model's own file has all weights and overwrites these random ones.
    backbone = backbones.load(model.backbone, weights=RANDOM)
    preprocessing = _preprocessing(folder, model)
    # The input size was chosen for the training; the rest belongs to the backbone.
    own = replace(backbone.preprocessing, input_size=preprocessing.input_size)
    _require_same_preprocessing(folder, model, own)
    network = FineTunedNetwork(
        backbone.module,
        preprocessing,
        n_features=backbone.n_features,
        n_classes=len(model.classes),
        seed=model.seed,
    )
    network.restore(folder)
    network.to(device())
    return Predictor(model, lambda pixels: probabilities(network, pixels), BATCH)


def _head(folder: Path, model: TrainedModel, weights: str | None) -> Predictor:
    head = load_head(model.name, folder)
    backbone = backbones.load(
        model.backbone,
        weights=weights or (RANDOM if model.weights_random else PRETRAINED),
        seed=model.seed,
    )
    _require_same_weights(folder, model, backbone.weights)
    _require_same_preprocessing(folder, model, backbone.preprocessing)

    means = means_for(model)
    embedder = Embedder(
        backbone,
        layers=model.layers,
        engine=means.engine,
        precision=means.precision,
        batch_size=model.batch_size or "auto",
        device=torch.device(means.device),
    )

    def score(pixels: FilePixels) -> Iterator[np.ndarray]:
        for block in extract(pixels, embedder, views=model.views, seed=model.seed):
            yield probabilities_of(folder, model, head, block)

    return Predictor(model, score, embedder.batch_size, means.caution)


def probabilities_of(
    folder: Path, model: TrainedModel, head: "Head | Ensemble", embeddings: np.ndarray
) -> np.ndarray:
    """Return what a head read from a folder says of embeddings.

    Parameters
    ----------
    folder, model
        Where it was read from, and what it was trained on.
    head
        The head or ensemble.
    embeddings
        float32 of shape (n_images, n_views, n_features).

    Returns
    -------
    ndarray of shape (n_images, n_classes)

    Raises
    ------
    RadbankError
        If it cannot say: it was altered, or is of embeddings of another width.
    """
    try:
        with np.errstate(all="ignore"):
            by_view = head.predict_views(embeddings)
        sound = by_view.shape[1] == len(model.classes) and np.isfinite(by_view).all()
    except (ArithmeticError, LookupError, TypeError, ValueError):
        sound = False
    if not sound:
        raise RadbankError(
            f"{folder} is damaged: its head and the embeddings of {model.backbone} do not fit "
            "together; train it again."
        )
    return pool_views(by_view, average_views=model.views > 0)


def _require_same_weights(folder: Path, model: TrainedModel, now: WeightsInfo) -> None:
    if now.sha256 != model.weights_sha256:
        raise RadbankError(
            f"{folder} was trained on {model.backbone} with the weights {model.weights_name} "
            f"(sha256 {model.weights_sha256}), but those to be had now are {now.name} (sha256 "
            f"{now.sha256}): give the file that it was trained on with --weights, or train it "
            "again with `dvc repro`."
        )


def _preprocessing(folder: Path, model: TrainedModel) -> Preprocessing:
    try:
        found = Preprocessing.from_dict(model.preprocessing)
        sound = SMALLEST <= found.input_size <= LARGEST
    except (KeyError, TypeError, ValueError):
        sound = False
    if not sound:
        raise RadbankError(
            f"{folder}/model.json holds no preprocessing ({model.preprocessing}): train it again."
        )
    return found


def _require_same_preprocessing(folder: Path, model: TrainedModel, now: Preprocessing) -> None:
    then = _preprocessing(folder, model)
    if now != then:
        raise RadbankError(
            f"{folder} was trained on images prepared as {then}, but {model.backbone} is given "
            f"them as {now} now: train it again with `dvc repro`."
        )
