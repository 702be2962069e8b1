"""Activations before a network's last blocks: computed once into the bank, read from it since."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from math import prod

import torch
from dask.utils import format_bytes

from features.backbones import LoadedBackbone
from features.bank.about import SAMPLE, Kind
from features.bank.bank import Bank
from features.bank.rows import BankedRows
from features.batch_size import BatchSize, batch_size_in_key
from features.computation import BFLOAT16, Computation
from features.cut import CutNetwork
from features.embedder import Embedder
from features.engines.choice import AUTO, EXACT, choose
from features.extraction import ATTEMPTS, embed_into_bank
from features.fidelity import LEAST, fidelity_check_failed, measure_fidelity
from features.image_views import ImageView, ImageViews, in_bank_order
from features.view_times import ViewTimes
from radbank.errors import RadbankError
from radbank.progress import track

_BYTES = 2  # of a bfloat16 number
_LIBRARIES = ("numpy", "pillow", "timm", "torch", "torchvision")


@dataclass(frozen=True, kw_only=True, eq=False)
class Trunk:
    """The frozen part of a network, and how it is run.

    Attributes
    ----------
    backbone
        The whole network. It is not changed, and neither is what `parts` shares with it.
    parts
        How it is cut.
    engine, precision, batch_size
        As for :class:`features.embedder.Embedder`.
    device
        Where it runs.
    """

    backbone: LoadedBackbone
    parts: CutNetwork
    engine: str
    precision: str
    batch_size: BatchSize
    device: torch.device

    def computation(self, n_images: int) -> Computation:
        """Return the part of the cache key that the activations of so many image views share."""
        kind = self.device.type
        choice = choose(self.engine, self.precision, device=kind, n_images=n_images)
        return Computation(
            backbone=self.backbone.name,
            weights_sha256=self.backbone.weights.sha256,
            preprocessing=self.backbone.preprocessing,
            layers=(f"before {self.parts.before}",),
            engine=choice.engine,
            precision=choice.precision,
            device=kind,
            batch_size=batch_size_in_key(self.batch_size, engine=choice.engine, device=kind),
            stored=BFLOAT16,
        )

    def embedder(self, computation: Computation) -> Embedder:
        """Return what computes the activations; it works on a copy of the trunk."""
        return Embedder(
            self.backbone,
            layers=(),
            engine=computation.engine,
            precision=computation.precision,
            batch_size=self.batch_size,
            device=self.device,
            cut=replace(self.parts, trunk=deepcopy(self.parts.trunk)),
        )


class Activations:
    """The activations of image views by one trunk.

    Where the bank has all of them, nothing is built but the index of the bank.

    Parameters
    ----------
    trunk
        Computes them.
    images
        The images that the views are of.
    image_views
        Which views; the engine is chosen for so many.
    bank
        Keeps them.

    Attributes
    ----------
    computation
        The part of the cache key that they share.
    computed
        How many were computed here so far.
    times
        How long they took.
    """

    def __init__(
        self, trunk: Trunk, images: ImageViews, image_views: Sequence[ImageView], bank: Bank
    ) -> None:
        self.computation = trunk.computation(len(image_views))
        self.computed = 0
        self._trunk = trunk
        self._images = images
        self._image_views = image_views
        self._blobs = bank.blobs
        engine = ("openvino",) if self.computation.engine == "openvino" else ()
        libraries = {library: version(library) for library in sorted((*_LIBRARIES, *engine))}
        self._cached = bank.cached(self.computation, libraries=libraries)
        self.times = ViewTimes(self._cached.about)

    @property
    def lacking(self) -> list[ImageView]:
        """The image views that the bank does not have, each key once."""
        once = {self._images.key(each): each for each in self._image_views}
        return in_bank_order(each for key, each in once.items() if key not in self._cached)

    @property
    def reused(self) -> int:
        """How many the bank had."""
        return max(len(self._image_views) - self.computed, 0)

    def count(self, kind: Kind) -> int:
        """Return how many views of a kind there are."""
        augmented = sum(each.view > 0 for each in self._image_views)
        return augmented if kind == "augmented" else len(self._image_views) - augmented

    @property
    def bytes_each(self) -> int:
        """The bytes that the activations of one image view take."""
        return prod(self._trunk.parts.shape) * _BYTES

    @cached_property
    def fidelity(self) -> float:
        """Mean cosine of the activations to those of eager fp32, on the first images."""
        sample = self._images.pixel_sha256[:SAMPLE]
        known = self._cached.about.fidelity(sample)
        if known is None:
            pixels = self._images.pixels[:SAMPLE]
            known = measure_fidelity(self._embedder, self._trunk.backbone, pixels)
            self._cached.about.remember_fidelity(sample, known)
        return known

    def rows(self) -> BankedRows:
        """Return all activations in the order of the image views, after computing what lacks.

        Raises
        ------
        RadbankError
            If the disk has no room, the engine fails the fidelity check, or what is written to the
            bank is damaged when it is read back.
        """
        self._compute(self.lacking)
        keys = [self._images.key(each) for each in self._image_views]
        shape = self._trunk.parts.shape
        for _ in range(ATTEMPTS):
            found, lost = self._cached.locate(keys, shape)
            if not lost:
                locations = [found[position] for position in range(len(keys))]
                return BankedRows(blobs=self._blobs, locations=locations, shape=shape)
            self._compute(in_bank_order({keys[at]: self._image_views[at] for at in lost}.values()))
        raise RadbankError(
            f"Activations put into the bank are damaged when read back, {ATTEMPTS} times: check "
            "the disk, or set RADBANK_BANK to another place."
        )

    def _compute(self, image_views: Sequence[ImageView]) -> None:
        if not image_views:
            return
        self._require_room(len(image_views))
        if not self.fidelity >= LEAST:
            raise fidelity_check_failed(self.computation, self.fidelity)
        self._cached.about.remember_widths(list(self._trunk.parts.shape))
        done = embed_into_bank(image_views, self._images, self._embedder, self._cached)
        step = self._embedder.batch_size
        total = len(image_views)
        timed = self.times.watch(done, image_views)
        for count in track(timed, "Activations", total=total, unit="views", step=step):
            self.computed += count

    def _require_room(self, count: int) -> None:
        """Say what activations will take in the bank, and refuse where there is no room."""
        parts, needed = self._trunk.parts, count * self.bytes_each
        what = (
            f"{count:,} activations before {parts.before} of {self._trunk.backbone.name} "
            f"({' x '.join(map(str, parts.shape))}) need {format_bytes(needed)} in the bank"
        )
        free = self._blobs.free()
        if free is not None and needed > free:
            raise RadbankError(
                f"{what}, and {format_bytes(free)} are free at {self._blobs.place}: lower views or "
                "blocks of the arm last-block in params.yaml, free space there, or set "
                "RADBANK_BANK to a place with more."
            )
        print(f"{what}{'' if free is None else f'; {format_bytes(free)} are free'}")

    @cached_property
    def _embedder(self) -> Embedder:
        return self._trunk.embedder(self.computation)


def activations_here(
    trunk: Trunk, images: ImageViews, image_views: Sequence[ImageView], bank: Bank
) -> Activations:
    """Return activations in the trunk's precision; of ``auto`` in fp32 if the fidelity is low.

    Parameters are those of :class:`Activations`.
    """
    found = Activations(trunk, images, image_views, bank)
    exact = trunk.precision != AUTO or found.computation.precision == EXACT
    if exact or found.fidelity >= LEAST:
        return found
    return Activations(replace(trunk, precision=EXACT), images, image_views, bank)
