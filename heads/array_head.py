"""Heads that are saved as named arrays in one safetensors file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from heads.base import Head
from radbank.errors import RadbankError

Arrays: TypeAlias = dict[str, NDArray[Any]]


@dataclass(kw_only=True)
class ArrayHead(Head):
    """A head that is saved as named arrays.

    Attributes
    ----------
    arrays_
        What was learned, by name.
    """

    arrays_: Arrays = field(init=False, repr=False)

    @property
    def parameters(self) -> int:
        """How many numbers fitting set, those of the scaler included."""
        return sum(array.size for array in self.arrays_.values())

    def _save_weights(self, path: Path) -> None:
        save_file(self.arrays_, path)

    def _load_weights(self, path: Path) -> None:
        try:
            self.arrays_ = load_file(path)
        except (SafetensorError, ValueError) as error:
            raise RadbankError(f"{path} is damaged ({error}): train the head again.") from None
