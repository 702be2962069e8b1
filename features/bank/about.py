"""Metadata of a computation in the bank: widths of layers, operations, fidelity, rate."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from features.bank.blobs import Blobs
from features.computation import Computation

_COMPUTATION = "computation.json"
_RATE = "rate.json"
SAMPLE = 16  # images that fidelity is measured on
Kind: TypeAlias = Literal["plain", "augmented"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Of views: those of an image as it is, and altered ones, which take time to make."""


@dataclass(frozen=True)
class ComputationRecord:
    """Metadata of a computation: small JSON files beside its blocks.

    ``computation.json`` says what the digest in the folder's name stands for, and how many
    features each layer gives and how many operations the network takes; it carries its own
    checksum. ``fidelity-<images>.json`` says how close to eager fp32 it came on some images, and
    carries its checksum too. ``rate.json`` says how fast plain and augmented views were computed;
    it is the only file that differs between equal runs.

    Attributes
    ----------
    blobs
        The bank's files.
    computation
        The computation.
    """

    blobs: Blobs
    computation: Computation

    def widths(self) -> list[int] | None:
        """Return the number of features of each layer, None where that is not known."""
        content = read_about(self.blobs, self.computation.digest)
        if content is None or content["computation"] != self.computation.to_dict():
            return None
        return [int(width) for width in content["widths"]]

    def flops(self) -> int | None:
        """Return the floating-point operations of an image, None where that is not known."""
        content = read_about(self.blobs, self.computation.digest) or {}
        value = content.get("flops")
        return value if isinstance(value, int) else None

    def remember_widths(self, widths: list[int], *, flops: int | None = None) -> None:
        """Write what the computation is, how many features each layer gives, and operations."""
        content = {"computation": self.computation.to_dict(), "widths": widths, "flops": flops}
        self._write_sealed(_COMPUTATION, content)

    def rate(self, kind: Kind) -> float | None:
        """Return views a second, measured over the longest run; None without a run."""
        run = self._runs().get(kind)
        return run[0] / run[1] if run else None

    def remember_rate(self, kind: Kind, embeddings: int, seconds: float) -> None:
        """Write how long a run of feature extraction took, unless a longer run is on record."""
        known = self._runs()
        if kind not in known or embeddings >= known[kind][0]:
            known[kind] = (embeddings, seconds)
            named: dict[str, Any] = {
                each: {"embeddings": run[0], "seconds": run[1]} for each, run in known.items()
            }
            self._write(_RATE, named)

    def fidelity(self, pixel_sha256: Sequence[str]) -> float | None:
        """Return the fidelity measured on images, None where it was not."""
        content = _read_sealed(self.blobs, f"{self.computation.digest}/{_of(pixel_sha256)}") or {}
        value = content.get("fidelity")
        return value if isinstance(value, float) else None

    def remember_fidelity(self, pixel_sha256: Sequence[str], fidelity: float) -> None:
        """Write the fidelity measured on images."""
        self._write_sealed(_of(pixel_sha256), {"fidelity": fidelity})

    def _runs(self) -> dict[Kind, tuple[int, float]]:
        """Return embeddings and seconds of the longest run of each kind, as far as known."""
        content = _read_json(self.blobs, f"{self.computation.digest}/{_RATE}")
        found: dict[Kind, tuple[int, float]] = {}
        for kind in KINDS:
            try:
                embeddings = int(content[kind]["embeddings"])
                seconds = float(content[kind]["seconds"])
            except (KeyError, TypeError, ValueError):
                continue
            if embeddings > 0 and seconds > 0:
                found[kind] = (embeddings, seconds)
        return found

    def _write_sealed(self, name: str, content: dict[str, Any]) -> None:
        self._write(name, {**content, "sha256": _seal(content)})

    def _write(self, name: str, content: dict[str, Any]) -> None:
        path = f"{self.computation.digest}/{name}"
        self.blobs.write(path, (json.dumps(content, indent=2) + "\n").encode())


def _of(pixel_sha256: Sequence[str]) -> str:
    """Return the name of the file with the fidelity measured on these images."""
    return f"fidelity-{hashlib.sha256(''.join(pixel_sha256).encode()).hexdigest()[:16]}.json"


def read_about(blobs: Blobs, digest: str) -> dict[str, Any] | None:
    """Return the computation behind a digest, as plain values; None where it is not known."""
    return _read_sealed(blobs, f"{digest}/{_COMPUTATION}")


def _read_sealed(blobs: Blobs, path: str) -> dict[str, Any] | None:
    content = _read_json(blobs, path)
    sealed = content.pop("sha256", None)
    return content if sealed == _seal(content) else None


def _read_json(blobs: Blobs, path: str) -> dict[str, Any]:
    try:
        content = json.loads(blobs.read(path))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _seal(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
