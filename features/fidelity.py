"""How close an engine comes to the network run eagerly in float32."""

import numpy as np

from features.backbones import LoadedBackbone
from features.embedder import Embedder
from radbank.errors import RadbankError

LEAST = 0.999  # mean cosine below which a run stops


def fidelity(embedder: Embedder, reference: Embedder, images: np.ndarray) -> float:
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
    same = (ours == theirs).all(axis=1)  # also where both are nothing but zeros
    cosines = np.divide(
        (ours * theirs).sum(axis=1), lengths, out=same.astype(np.float64), where=lengths > 0
    )
    return float(cosines.mean())


def require_fidelity(embedder: Embedder, backbone: LoadedBackbone, images: np.ndarray) -> float:
    """Measure an embedder against its network run eagerly in float32 on the same device.

    Parameters
    ----------
    embedder
        Of `backbone`; its `fidelity` is set.
    backbone
        The network.
    images
        uint8 of shape (n, height, width).

    Returns
    -------
    float
        The mean cosine, to six digits; 1 for eager fp32 itself.

    Raises
    ------
    RadbankError
        If it is below `LEAST`.
    """
    if embedder.is_reference:
        measured = 1.0
    else:
        reference = embedder.reference(backbone)
        measured = round(fidelity(embedder, reference, images), 6)
    embedder.fidelity = measured
    if not measured >= LEAST:
        of = embedder.computation
        raise RadbankError(
            f"Embeddings of {of.backbone} by engine {of.engine} in {of.precision} have a mean "
            f"cosine of {measured:.6f} to eager fp32, which is below {LEAST}: set "
            "features.precision to fp32, or features.engine to eager."
        )
    return measured


def _embed(embedder: Embedder, images: np.ndarray) -> np.ndarray:
    step = embedder.batch_size
    batches = (images[start : start + step] for start in range(0, len(images), step))
    return np.concatenate(list(embedder(batches))).astype(np.float64)
