"""The embeddings that params.yaml asks for: read from the bank, or computed on a cache miss."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from features.bank.about import SAMPLE
from features.bank.bank import Bank
from features.computation import Computation
from features.engines.choice import Choice
from features.extraction import embed_into_bank, read_from_bank
from features.fidelity import LEAST, fidelity_check_failed, measure_fidelity
from features.identity import changed, forget, identify
from features.image_views import ImageView, ImageViews
from features.view_times import ViewTimes
from pipeline.artifacts.images import PreparedImages
from pipeline.extraction.decision import Decision, decide
from pipeline.params import Params
from radbank.progress import track

if TYPE_CHECKING:
    from features.backbones import LoadedBackbone
    from features.embedder import Embedder

LIBRARIES = ("numpy", "pillow", "timm", "torch", "torchvision")


class Embeddings:
    """All views of prepared images through one backbone.

    The network is built only once something must be computed.

    Parameters
    ----------
    params
        Backbone, weights, layers, views, engine and precision.
    images
        The prepared images, open.
    bank
        Where embeddings are kept.
    decision
        How they are computed; None: as the settings mean on this machine.

    Attributes
    ----------
    identity
        What the backbone is.
    decision
        How they are computed.
    wanted
        The images and views to embed.
    cached
        The bank's embeddings of that computation.
    computed
        How many embeddings were computed here so far.
    times
        How long they took.

    Raises
    ------
    RadbankError
        If the backbone is unknown, its weights are nowhere or damaged, or the engine or the
        precision asked for cannot be had here.
    """

    def __init__(
        self,
        params: Params,
        images: PreparedImages,
        bank: Bank,
        decision: Decision | None = None,
    ) -> None:
        self._params = params
        settings = params.features
        self.identity = identify(params.backbone, weights=params.weights, seed=params.seed)
        self.decision = decision or decide(
            params, self.identity, len(images.ids) * (1 + settings.views)
        )
        self.wanted = ImageViews(
            pixels=images.pixels,
            pixel_sha256=images.pixel_sha256,
            views=settings.views,
            seed=params.seed,
        )
        engine = ("openvino",) if self.computation.engine == "openvino" else ()
        libraries = {library: version(library) for library in sorted((*LIBRARIES, *engine))}
        self.cached = bank.cached(self.computation, libraries=libraries)
        self.times = ViewTimes(self.cached.about)
        self.computed = 0

    def __len__(self) -> int:
        return len(self.wanted) * (1 + self.wanted.views)

    @property
    def choice(self) -> Choice:
        """The engine and the precision, and why these."""
        return self.decision.choice

    @property
    def computation(self) -> Computation:
        """The part of the cache key that all embeddings share."""
        return self.decision.computation

    @property
    def lacking(self) -> list[ImageView]:
        """The views that the bank does not have (cache misses)."""
        return self.wanted.lacking(self.cached)

    @property
    def step(self) -> int:
        """How many embeddings are computed at a time."""
        return self._embedder.batch_size

    @property
    def layer_of_feature(self) -> list[str]:
        """The layer that each feature comes from."""
        layers = zip(self.computation.layers, self._widths, strict=True)
        return [layer for layer, width in layers for _ in range(width)]

    @property
    def flops(self) -> int | None:
        """Floating-point operations of embedding one view, None where the bank does not say."""
        return self.cached.about.flops()

    @property
    def libraries(self) -> dict[str, str]:
        """The versions of the libraries that computed what the bank has of these images."""
        return self.cached.libraries(self.wanted.keys(slice(None)))

    def compute(self, image_views: Sequence[ImageView]) -> None:
        """Compute embeddings into the bank, with progress.

        Raises
        ------
        RadbankError
            If the weights changed meanwhile, the engine fails the fidelity check, the bank is full,
            or the images are damaged.
        """
        if not image_views:
            return
        if not self.fidelity >= LEAST:
            raise fidelity_check_failed(self.computation, self.fidelity)
        timed = self.times.watch(self.embed(image_views), image_views)
        for done in track(timed, "Embedding", total=len(image_views), unit="views", step=self.step):
            self.computed += done

    def embed(self, image_views: Sequence[ImageView]) -> Iterator[int]:
        """Embed image views into the bank; yield how many are done since the last."""
        return embed_into_bank(image_views, self.wanted, self._embedder, self.cached)

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield all embeddings in the images' order, float32 (n, 1 + views, n_features)."""
        width = sum(self._widths)
        return read_from_bank(self.wanted, self.cached, n_features=width, compute=self.compute)

    def note_widths(self) -> list[int]:
        """Write each layer's features and the network's operations to the bank; return the former.

        Other processes then know both without the network.
        """
        about = self.cached.about
        known = about.widths()
        if known is None or about.flops() is None:
            from features.layers import count_operations, layer_widths  # noqa: PLC0415 - torch

            layers = self.computation.layers
            known = layer_widths(self._backbone, layers)
            about.remember_widths(known, flops=count_operations(self._backbone, layers))
        return known

    @cached_property
    def fidelity(self) -> float:
        """Mean cosine of the embeddings to those of eager fp32, on the first images.

        The bank remembers it for the images that it was measured on, so that it is the same
        whether or not anything had to be computed.
        """
        sample = self.wanted.pixel_sha256[:SAMPLE]
        known = self.cached.about.fidelity(sample)
        if known is None:
            pixels = self.wanted.pixels[:SAMPLE]
            known = measure_fidelity(self._embedder, self._backbone, pixels)
            self.cached.about.remember_fidelity(sample, known)
        return known

    @cached_property
    def _widths(self) -> list[int]:
        """Features of each layer."""
        return self.note_widths()

    @cached_property
    def _backbone(self) -> "LoadedBackbone":
        from features import backbones  # noqa: PLC0415 - torch and its zoo take seconds to import

        return backbones.load(
            self._params.backbone, weights=self._params.weights, seed=self._params.seed
        )

    @cached_property
    def _embedder(self) -> "Embedder":
        from features.embedder import Embedder, device  # noqa: PLC0415 - imports torch

        embedder = Embedder(
            self._backbone,
            layers=self.computation.layers,
            engine=self.computation.engine,
            precision=self.computation.precision,
            batch_size=self._params.features.batch_size,
            device=device(),
        )
        if embedder.computation != self.computation:
            params = self._params
            forget(params.backbone, weights=params.weights, seed=params.seed)
            raise changed(params.backbone)
        return embedder
