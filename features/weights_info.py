"""Which weights are asked for, and which were found: name, SHA-256, whether they are random."""

import re
from dataclasses import dataclass
from pathlib import Path

from radbank.errors import RadbankError

PRETRAINED = "imagenet"
RANDOM = "random"
NOT_VERIFIED = " (not verified)"
_PIN = "@sha256:"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class WeightsChoice:
    """Which weights the user asks for.

    Attributes
    ----------
    source
        ``"imagenet"``, ``"random"``, or the path of a file.
    sha256
        What the user says that the file's SHA-256 is; None: nothing.
    """

    source: str
    sha256: str | None = None

    @classmethod
    def parse(cls, weights: str) -> "WeightsChoice":
        """Read ``weights`` of params.yaml: a source, or source@sha256:digits.

        Raises
        ------
        RadbankError
            If the digits are no SHA-256, or pin random weights.
        """
        source, pin, sha256 = weights.partition(_PIN)
        if not pin:
            return cls(source)
        if source == RANDOM or not _SHA256.fullmatch(sha256):
            raise RadbankError(
                f"weights is {weights!r}: give {PRETRAINED}, {RANDOM} or the path of a file, and "
                f"after a file's {_PIN} the 64 digits that `sha256sum` prints for it."
            )
        return cls(source, sha256)

    @property
    def path(self) -> Path | None:
        """The path given, None where none is."""
        return None if self.source in {PRETRAINED, RANDOM} else Path(self.source)

    def absolute(self) -> str:
        """Return what :meth:`parse` reads, with an absolute path."""
        source = self.source if self.path is None else str(self.path.absolute())
        return source if self.sha256 is None else f"{source}{_PIN}{self.sha256}"


@dataclass(frozen=True, kw_only=True)
class WeightsInfo:
    """Which weights a backbone runs with.

    Parameters
    ----------
    name
        The weights' own name, the name of the file given, or ``"random"``; followed by
        :data:`NOT_VERIFIED` where no full checksum says that the file is what its name says.
    sha256
        Of the file's bytes; of the tensors (see :func:`features.weights.sha256_tensors`) when
        random.
    random
        Whether the network is untrained.
    """

    name: str
    sha256: str
    random: bool
