"""Activations in the bank, read where they lie: too large to be all in memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.bank.blobs import Blobs
from radbank.errors import RadbankError


@dataclass(frozen=True, kw_only=True)
class Location:
    """Where in the bank the activations of an image view lie: a file, and bytes of it."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, eq=False)
class BankedRows:
    """Activations that the bank holds, in an order of their own.

    Their blocks were checked against their checksums when they were located; single activations
    are then read without a check, as often as a training asks for them.

    Attributes
    ----------
    blobs
        The bank's files.
    locations
        Where each lies.
    shape
        Of one image's activations.
    """

    blobs: Blobs
    locations: Sequence[Location]
    shape: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.locations)

    def __getitem__(self, chosen: Sequence[int] | slice) -> np.ndarray:
        """Return the bits of bfloat16 numbers, uint16 of shape (n_chosen, *shape).

        Raises
        ------
        RadbankError
            If a block cannot be read any more.
        """
        positions = range(len(self))[chosen] if isinstance(chosen, slice) else chosen
        wanted = [self.locations[position] for position in positions]
        try:
            parts = self.blobs.read_parts([(each.path, each.start, each.end) for each in wanted])
        except OSError as error:
            raise RadbankError(
                f"The bank {self.blobs.place} lost activations while a network was trained on them "
                f"({error.strerror or error}): run it again, and they are computed again."
            ) from error
        return np.frombuffer(bytearray().join(parts), "<u2").reshape(len(wanted), *self.shape)
