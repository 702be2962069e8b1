"""Summary statistics of a feature store, and nearest neighbours of an image."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from radbank.errors import RadbankError


@dataclass(frozen=True, kw_only=True)
class EmbeddingStatistics:
    """Figures over the plain view of all images.

    Parameters
    ----------
    norm_min, norm_median, norm_max
        Euclidean lengths of the embeddings.
    dead
        Features that are the same in every image.
    n_features
        All features.
    """

    norm_min: float
    norm_median: float
    norm_max: float
    dead: int
    n_features: int


def describe_embeddings(store: xr.Dataset) -> EmbeddingStatistics:
    """Return figures over the plain view of an open store."""
    plain = _plain(store)
    norms = np.linalg.norm(plain, axis=1)
    return EmbeddingStatistics(
        norm_min=float(norms.min()),
        norm_median=float(np.median(norms)),
        norm_max=float(norms.max()),
        dead=int((plain == plain[0]).all(axis=0).sum()),
        n_features=plain.shape[1],
    )


def nearest(store: xr.Dataset, image: str, count: int) -> list[tuple[int, float]]:
    """Return the nearest neighbours of an image by cosine similarity.

    Parameters
    ----------
    store
        An open store.
    image
        Its id.
    count
        How many to return, without the image itself.

    Returns
    -------
    list of (row, cosine)
        Cosine similarity of the plain embeddings, highest first.

    Raises
    ------
    RadbankError
        If the store has no image of that id.
    """
    ids = store["id"].to_numpy().tolist()
    if image not in ids:
        raise RadbankError(
            f"The store has no image {image!r}: give an id such as {ids[0]!r} (column id of "
            "data/splits.csv)."
        )
    row = ids.index(image)
    plain = _plain(store)
    unit = plain / np.maximum(np.linalg.norm(plain, axis=1, keepdims=True), 1e-12)
    cosine = unit @ unit[row]
    order = np.argsort(-cosine, kind="stable")
    return [(int(other), float(cosine[other])) for other in order if other != row][:count]


def _plain(store: xr.Dataset) -> np.ndarray:
    """Return the embeddings of view 0, float64 of shape (n_images, n_features)."""
    return np.asarray(store["embedding"].isel(view=0), dtype=np.float64)
