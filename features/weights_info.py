"""Provenance of weights: their name, their SHA-256, and whether they are random."""

from dataclasses import dataclass

PRETRAINED = "imagenet"
RANDOM = "random"


@dataclass(frozen=True, kw_only=True)
class WeightsInfo:
    """Which weights a backbone runs with.

    Parameters
    ----------
    name
        The weights' own name, the name of the file given, or ``"random"``.
    sha256
        Of the file's bytes; of the tensors (see :func:`features.weights.sha256_tensors`) when
        random.
    random
        Whether the network is untrained.
    """

    name: str
    sha256: str
    random: bool
