"""Fidelity check: how close an engine comes to the network run eagerly in float32."""

from typing import TYPE_CHECKING

import numpy as np

from features.computation import Computation
from radbank.errors import RadbankError

if TYPE_CHECKING:  # both import torch, which a run that measures nothing need not
    from features.backbones import LoadedBackbone
    from features.embedder import Embedder

LEAST = 0.999  # mean cosine below which the fidelity check fails


def fidelity(embedder: "Embedder", reference: "Embedder", images: np.ndarray) -> float:
    """Return the mean cosine between the embeddings of two embedders.

    Parameters
    ----------
    embedder, reference
        Of the same network and layers.
    images
        uint8 of shape (n, height, width).
    """
    ours, theirs = (_embed(each, images) for each in (embedder, reference))
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    same = (ours == theirs).all(axis=1)  # the cosine of two zero vectors counts as 1
    cosines = np.divide(
        (ours * theirs).sum(axis=1), lengths, out=same.astype(np.float64), where=lengths > 0
    )
    return float(cosines.mean())


def measure_fidelity(embedder: "Embedder", backbone: "LoadedBackbone", images: np.ndarray) -> float:
    """Measure an embedder against its network run eagerly in float32 on the same device.

    Parameters
    ----------
    embedder
        Of `backbone`.
    backbone
        The network.
    images
        uint8 of shape (n, height, width).

    Returns
    -------
    float
        The mean cosine, to six digits; 1 for eager fp32 itself.
    """
    if embedder.is_reference:
        return 1.0
    return round(fidelity(embedder, embedder.reference(backbone), images), 6)


def fidelity_check_failed(of: Computation, measured: float) -> RadbankError:
    """Return the error for a computation that fails the fidelity check."""
    return RadbankError(
        f"Embeddings of {of.backbone} by engine {of.engine} in {of.precision} have a mean cosine "
        f"of {measured:.6f} to eager fp32, which is below {LEAST}: set features.precision to "
        "fp32, or features.engine to eager."
    )


def _embed(embedder: "Embedder", images: np.ndarray) -> np.ndarray:
    step = embedder.batch_size
    batches = (images[start : start + step] for start in range(0, len(images), step))
    return np.concatenate(list(embedder(batches))).astype(np.float64).reshape(len(images), -1)
