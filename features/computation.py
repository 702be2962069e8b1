"""The cache key of an embedding: backbone, weights, preprocessing, layers, engine, precision."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from features.preprocessing import Preprocessing

FLOAT32, BFLOAT16 = "float32", "bfloat16"


@dataclass(frozen=True, kw_only=True)
class Computation:
    """The settings that determine an embedding, apart from the image.

    Equal computations give equal embeddings of the same image. Settings that do not change an
    embedding's bytes are left out. With the image's own key it is the cache key of the bank.

    Parameters
    ----------
    backbone
        Name of the network.
    weights_sha256
        Of its weights.
    preprocessing
        From prepared pixels to its input.
    layers
        Whose outputs are joined; ``before <block>`` for the activations before a block.
    engine, precision, device
        Its precision class: engines, number formats and kinds of device round differently.
    batch_size
        Images in a forward pass, where rounding depends on that; None where it does not.
    stored
        Number format that the bank keeps the results in: ``"float32"``, or ``"bfloat16"`` of
        activations, which are large.
    """

    backbone: str
    weights_sha256: str
    preprocessing: Preprocessing
    layers: tuple[str, ...]
    engine: str
    precision: str
    device: str
    batch_size: int | None
    stored: str = FLOAT32

    @property
    def digest(self) -> str:
        """SHA-256 of all settings, in hexadecimal."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers and strings, as JSON holds them."""
        content = {
            **asdict(self),
            "preprocessing": self.preprocessing.to_dict(),
            "layers": list(self.layers),
        }
        if self.stored == FLOAT32:  # as in the banks that were filled before there was a choice
            del content["stored"]
        return content
