"""Estimate time, disk and memory of extraction from a few batches."""

import hashlib
import math
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from features.bank.bank import Bank
from features.bank.block import SIZE, Block
from features.device import device_type
from features.engines.choice import choose
from features.store.store import SHARD
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.images import PreparedImages, open_images
from pipeline.params import Params
from pipeline.paths import CASES, IMAGES
from radbank.errors import RadbankError
from radbank.memory import keep_large_blocks, peak_memory

if TYPE_CHECKING:  # with torch, whose import is part of what is measured
    from pipeline.extraction.embeddings import Embeddings

_SECONDS = 5.0  # shortest measurement after the first batch
_BATCHES = 4  # smallest number of batches in a measurement
_MOST = 2**14  # most image views in a measurement, enough for the fastest devices
_NOISE = 64  # images of noise, measured if there are no prepared ones
_FLOAT = 4  # bytes of a float32
_HELD = 3  # shards in memory while the store is written: read, joined, compressed


@dataclass(frozen=True, kw_only=True)
class ExtractionEstimate:
    """What extraction by one backbone would take.

    Attributes
    ----------
    backbone
        Its name.
    weights
        Those measured with.
    engine, precision, device
        What computes.
    features
        Width of an embedding.
    image_views
        All of them, and `to_compute` those that the bank does not have.
    startup_seconds
        Until the first batch is done.
    rate
        Image views a second after it: the median over batches; `slow` and `fast` are the rates
        that one batch in ten stays below, and above.
    bank_bytes
        What the image views to compute add to the bank.
    store_bytes
        Size of the feature store before compression.
    memory_bytes
        Peak resident size of the process.
    """

    backbone: str
    weights: str
    engine: str
    precision: str
    device: str
    features: int
    image_views: int
    to_compute: int
    startup_seconds: float
    rate: float
    slow: float
    fast: float
    bank_bytes: int
    store_bytes: int
    memory_bytes: int

    def seconds(self, rate: float) -> float:
        """Return the seconds of the whole extraction at a rate in image views a second."""
        return self.startup_seconds + self.to_compute / rate


def estimate(params: Params, *, n_images: int) -> ExtractionEstimate:
    """Measure one backbone in a process of its own, so that its memory is its own too.

    Parameters
    ----------
    params
        With the backbone and the weights to measure.
    n_images
        How many images the cohort has.

    Raises
    ------
    RadbankError
        If there is no such backbone, its weights are nowhere, or memory does not suffice.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(measure, params, n_images, time.time()).result()
        except BrokenProcessPool:
            raise RadbankError(
                f"The process that measured {params.backbone} was killed, most likely because "
                "memory ran out: lower features.batch_size, or leave this backbone out."
            ) from None


def count_images() -> int:
    """Return how many images the cohort here has.

    Raises
    ------
    RadbankError
        If there is none here.
    """
    if IMAGES.is_file():
        with open_images(IMAGES) as images:
            return len(images.ids)
    if CASES.is_file():
        return len(read_cases(CASES).frame)
    raise RadbankError(
        f"There is neither {IMAGES} nor {CASES} to count images in: say --images NUMBER."
    )


def measure(params: Params, n_images: int, asked: float) -> ExtractionEstimate:
    """Embed some images into a bank that is thrown away.

    Parameters
    ----------
    params, n_images
        As in :func:`estimate`.
    asked
        When this process was asked for, in seconds since 1970.
    """
    from pipeline.extraction.fallback import embeddings_here  # noqa: PLC0415 - see above

    keep_large_blocks()
    n_views = 1 + params.features.views
    params = _as_for(params, n_images * n_views)
    with _sample(params) as images, tempfile.TemporaryDirectory() as folder:
        embeddings = embeddings_here(params, images, Bank(folder))
        _ = embeddings.fidelity  # a run measures it first, too
        done, clock = _timed(embeddings)
        width = len(embeddings.layer_of_feature)
        computation = embeddings.computation
        block = Block(
            computation=computation.digest,
            keys=tuple(embeddings.wanted.keys(slice(SIZE))[:SIZE]),
            embeddings=np.zeros((SIZE, width), np.float32),
            libraries=embeddings.libraries,
        )
    slow, rate, fast = _rates(done, clock)
    to_compute = max(n_images * n_views - _known(params), 0)
    shard = min(SHARD, n_images) * n_views * width * _FLOAT
    return ExtractionEstimate(
        backbone=params.backbone,
        weights=embeddings.identity.weights.name,
        engine=computation.engine,
        precision=computation.precision,
        device=computation.device,
        features=width,
        image_views=n_images * n_views,
        to_compute=to_compute,
        startup_seconds=clock[0] - asked,
        rate=rate,
        slow=slow,
        fast=fast,
        bank_bytes=math.ceil(to_compute / SIZE) * len(block.to_bytes()),
        store_bytes=n_images * n_views * width * _FLOAT,
        memory_bytes=peak_memory() + _HELD * shard,
    )


def _as_for(params: Params, embeddings: int) -> Params:
    """Return the settings with the engine that `auto` chooses for this number of embeddings."""
    settings = params.features
    choice = choose(settings.engine, settings.precision, device=device_type(), n_images=embeddings)
    features = settings.model_copy(update={"engine": choice.engine})
    return params.model_copy(update={"features": features})


@contextmanager
def _sample(params: Params) -> Iterator[PreparedImages]:
    """Open the prepared images, or noise of their size where there are none yet."""
    if IMAGES.is_file():
        with open_images(IMAGES) as images:
            yield images
        return
    size = params.prepare.size
    pixels = np.random.default_rng(params.seed).integers(
        0, 256, (_NOISE, size, size), dtype=np.uint8
    )
    yield PreparedImages(
        ids=[f"noise-{row}" for row in range(_NOISE)],
        pixel_sha256=[hashlib.sha256(image).hexdigest() for image in pixels],
        pixels=pixels,
        size=size,
        synthetic=True,
    )


def _timed(embeddings: "Embeddings") -> tuple[list[int], list[float]]:
    """Embed batches for some seconds, images more than once if there are few.

    Returns image views done, and the clock, after every batch.
    """
    there = embeddings.lacking[:_MOST]
    image_views = there * math.ceil(_MOST / len(there))
    done: list[int] = []
    clock: list[float] = []
    for count in embeddings.embed(image_views):
        done.append((done[-1] if done else 0) + count)
        clock.append(time.time())
        if len(done) > _BATCHES and clock[-1] - clock[0] > _SECONDS:
            break
    return done, clock


def _rates(done: Sequence[int], clock: Sequence[float]) -> tuple[float, float, float]:
    """Return the first tenth, the median and the last tenth of the batches' rates."""
    rates = [
        (after - before) / (end - start)
        for (before, after), (start, end) in zip(pairwise(done), pairwise(clock), strict=True)
    ]
    slow, *_, fast = statistics.quantiles(rates, n=10, method="inclusive")
    return slow, statistics.median(rates), fast


def _known(params: Params) -> int:
    """Return how many image views of the images here the bank has."""
    from pipeline.extraction.fallback import embeddings_here  # noqa: PLC0415 - see above

    if not IMAGES.is_file():
        return 0
    with open_images(IMAGES) as images:
        banked = embeddings_here(params, images, Bank())
        return len(banked) - len(banked.lacking)
