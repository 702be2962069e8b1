"""One SHA-256 of all that a feature store holds: values, coordinates and provenance.

Checksums of chunks find a flipped bit; they do not find a value, a label or an attribute that
somebody wrote anew with a valid checksum. The digest does not depend on how arrays are chunked.
"""

import hashlib
import json
from typing import Any

import numpy as np


class StoreDigest:
    """Collect the content of a store, array by array, and give its SHA-256."""

    def __init__(self) -> None:
        self._hashes: dict[str, Any] = {}

    def add(self, name: str, values: np.ndarray) -> None:
        """Add the next values of an array, in order along its first axis.

        Parameters
        ----------
        name
            Of the array; of an array of more than one axis, with the index along the others.
        values
            Numbers of any shape, or texts of shape (n,).
        """
        digest = self._hashes.setdefault(name, hashlib.sha256())
        if values.dtype.kind in "fi":
            digest.update(np.ascontiguousarray(values).data)
        else:
            digest.update("".join(json.dumps(str(text)) for text in values).encode())

    def hexdigest(self, attributes: dict[str, Any]) -> str:
        """Return the SHA-256 of the arrays added and of these attributes, which JSON can hold."""
        arrays = {name: digest.hexdigest() for name, digest in self._hashes.items()}
        content = json.dumps([arrays, attributes], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()
