"""Tasks of a Dask worker: embed a block of image views into the bank.

Each process loads the network once and keeps it for later blocks. A process computes one block at
a time, on all its threads. A block may run twice, on any worker, because equal blocks are one file.
"""

import hashlib
import importlib
import json
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from features.bank.bank import Bank
from features.computation import Computation
from features.image_views import ImageView
from pipeline.artifacts.images import PreparedImages, open_images
from pipeline.extraction.decision import Decision
from pipeline.extraction.embeddings import Embeddings
from pipeline.params import Params
from radbank.errors import RadbankError
from radbank.memory import keep_large_blocks

_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Job:
    """The settings that all blocks of an extraction share.

    Parameters
    ----------
    settings
        The parameters, as JSON.
    images
        Absolute path of the prepared images.
    images_sha256
        What :func:`digest` says of them.
    bank
        Where the bank is.
    """

    settings: str
    images: str
    images_sha256: str
    bank: str


@dataclass(frozen=True)
class _WorkerState:
    """What a worker process keeps between blocks; the images are closed with it."""

    embeddings: Embeddings
    open: ExitStack


def digest(images: PreparedImages) -> str:
    """Return one SHA-256 over the pixel checksums of all images."""
    return hashlib.sha256("".join(images.pixel_sha256).encode()).hexdigest()


def look(job: Job) -> Decision:
    """Return how this process would compute embeddings.

    Raises
    ------
    RadbankError
        If it has not the same images, no weights, or cannot compute as asked.
    """
    with _ONE_AT_A_TIME:
        return _state(job).embeddings.decision


def measure_fidelity(job: Job, computation: Computation) -> float:
    """Return the mean cosine to eager fp32, and note it and the width of the layers in the bank.

    Parameters and errors are those of :func:`embed_block`.
    """
    with _ONE_AT_A_TIME:
        embeddings = _at_work(job, computation)
        embeddings.note_widths()
        return embeddings.fidelity


def embed_block(job: Job, computation: Computation, image_views: Sequence[ImageView]) -> str:
    """Embed a block into the bank.

    Parameters
    ----------
    job
        Common to all blocks.
    computation
        What all workers are to compute.
    image_views
        No more than a block holds.

    Returns
    -------
    str
        Name of the block's file.

    Raises
    ------
    RadbankError
        If this process has not the same images, no weights, or would compute otherwise; or if the
        bank cannot be written to.
    """
    with _ONE_AT_A_TIME:
        embeddings = _at_work(job, computation)
        for _ in embeddings.embed(image_views):
            pass
        return embeddings.cached.block_of(embeddings.wanted.key(image_views[0]))


def _at_work(job: Job, computation: Computation) -> Embeddings:
    """Return the embeddings of this process, on as many threads as the worker has."""
    import torch  # noqa: PLC0415 - a client, which imports this file too, may need none of it

    # Dask limits torch to one thread.
    torch.set_num_threads(importlib.import_module("distributed").get_worker().state.nthreads)
    embeddings = _state(job).embeddings
    if embeddings.computation != computation:
        raise RadbankError(
            "A worker that came later computes otherwise than the others (weights, engine, "
            "precision or device): stop it, or make it like them, and run again."
        )
    return embeddings


@lru_cache(maxsize=1)
def _state(job: Job) -> _WorkerState:
    keep_large_blocks()
    path = Path(job.images)
    if not path.is_file():
        raise RadbankError(
            f"there is no {path} here: keep the project on a disk that all workers see under the "
            "same path."
        )
    with ExitStack() as stack:
        images = stack.enter_context(open_images(path))
        if digest(images) != job.images_sha256:
            raise RadbankError(
                f"{path} holds other images here: keep the project on a disk that all workers see "
                "under the same path."
            )
        params = Params.of(json.loads(job.settings))
        return _WorkerState(Embeddings(params, images, Bank(job.bank)), stack.pop_all())
