"""Identify a backbone (weights, preprocessing) from a cache, without building the network.

Building a network to find the hash of its weights and its preprocessing takes seconds. A run that
finds all its embeddings in the bank reads both from a cache in the user's own folder instead. A
cached entry is used only if it cannot have changed: the weights file is hashed each time, and must
be pinned by a checksum or named by the user; untrained weights are identified again when torch,
the seed or the machine changes.
"""

import hashlib
import json
import os
import platform
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from features.families import FAMILIES
from features.preprocessing import Preprocessing
from features.weights_info import RANDOM, WeightsChoice, WeightsInfo
from radbank import __version__
from radbank.errors import RadbankError
from radbank.files import read_json, sha256_file, write_json
from radbank.home import cache

_MAKERS = ("torch", "torchvision", "timm")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What a backbone's outputs depend on: name, weights and preprocessing.

    Parameters
    ----------
    backbone
        As params.yaml names it.
    weights
        Which weights it has.
    preprocessing
        What comes before it.
    """

    backbone: str
    weights: WeightsInfo
    preprocessing: Preprocessing

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers and strings, as JSON holds them."""
        return {**asdict(self), "preprocessing": self.preprocessing.to_dict()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Identity":
        """Return what :meth:`to_dict` was called on."""
        return cls(
            backbone=content["backbone"],
            weights=WeightsInfo(**content["weights"]),
            preprocessing=Preprocessing.from_dict(content["preprocessing"]),
        )


def identify(name: str, *, weights: str, seed: int) -> Identity:
    """Identify a backbone, from the cache if possible.

    Parameters
    ----------
    name, weights, seed
        As for :func:`features.backbones.load`.

    Raises
    ------
    RadbankError
        If the name is unknown, or the weights are nowhere or damaged.
    """
    memory = _memory(name, weights, seed)
    if (known := _recall(memory)) is not None:
        return known
    from features import backbones  # noqa: PLC0415 - torch and its zoo take seconds to import

    info, preprocessing, file = backbones.identify(name, weights=weights, seed=seed)
    found = Identity(backbone=name, weights=info, preprocessing=preprocessing)
    if file is not None or weights == RANDOM:
        with suppress(OSError):  # without the cache, the next run is slower
            content = {"identity": found.to_dict(), "file": str(file) if file else None}
            write_json(memory, content)
    return found


def forget(name: str, *, weights: str, seed: int) -> None:
    """Delete a backbone's cache entry, because its weights have changed."""
    _memory(name, weights, seed).unlink(missing_ok=True)


def _memory(name: str, weights: str, seed: int) -> Path:
    """Return the cache file; its name is a hash of all that the identity may depend on."""
    makers = {maker: version(maker) for maker in _MAKERS} | FAMILIES.versions()
    question = {
        "backbone": name,
        "weights": WeightsChoice.parse(weights).absolute(),
        "seed": seed if weights == RANDOM else None,
        "machine": platform.node() if weights == RANDOM else None,
        "folder": os.environ.get("RADBANK_WEIGHTS"),
        "versions": {**makers, "radbank": __version__},
    }
    digest = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
    return cache() / "backbones" / f"{digest}.json"


def _recall(memory: Path) -> Identity | None:
    try:
        content = read_json(memory)
        known = Identity.from_dict(content["identity"])
        file = content["file"]
        if file is not None and sha256_file(file) != known.weights.sha256:
            return None
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return known


def changed(name: str) -> RadbankError:
    """Return the error for a network whose weights are not those of its identity."""
    return RadbankError(
        f"The weights of {name} changed while radbank was at work: run it again, and all is "
        "computed with those that are there now."
    )
