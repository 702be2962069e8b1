"""Work in steady state: what it was done for, how long it took, and how much of it there was."""

from collections.abc import Iterable
from typing import Self

from pipeline.artifacts.document import Document
from radbank.meter import total

GIGA = 1e9


class Work(Document):
    """Work in steady state: apart from imports, loading weights, conversion and the like.

    Attributes
    ----------
    images
        That it is done for: those of the training split, or of inference the new ones.
    seconds
        Of the clock. What came from a bank counts with what computing it once took; None where
        that is not known.
    passes
        How often an image, or an altered view of it, goes through the network or a part of it.
    gflops
        Floating-point operations of these passes in units of 1e9, with the backward pass of
        training estimated as twice the forward pass; those of heads on embeddings are not counted.
        None where they are not known.
    joules
        What the chip's counter counted meanwhile, whatever else ran on it; None without a counter,
        or where some of the work was done by another run.
    plain, augmented
        Embeddings of plain and augmented views that it takes, which `seconds` to `joules` do not
        hold: the stage extract computes them for all heads.
    """

    images: int
    seconds: float | None = 0.0
    passes: int = 0
    gflops: float | None = 0.0
    joules: float | None = None
    plain: int = 0
    augmented: int = 0

    @property
    def seconds_per_1000(self) -> float | None:
        """Seconds for 1,000 images."""
        return None if self.seconds is None else 1000 * self.seconds / self.images

    def part(self, passes: int) -> Self:
        """Return as much of the work as so many passes are."""
        share = passes / self.passes if self.passes else 0.0
        return self.model_copy(
            update={
                "passes": passes,
                "seconds": None if self.seconds is None else share * self.seconds,
                "gflops": None if self.gflops is None else share * self.gflops,
                "joules": None if self.joules is None else share * self.joules,
            }
        )


def together(works: Iterable[Work]) -> Work:
    """Return works of the same images as one; what is not known of one is not known of all."""
    each = list(works)
    return Work(
        images=each[0].images,
        seconds=total(work.seconds for work in each),
        passes=sum(work.passes for work in each),
        gflops=total(work.gflops for work in each),
        joules=total(work.joules for work in each),
        plain=max(work.plain for work in each),
        augmented=max(work.augmented for work in each),
    )
