"""The auxiliary branch of a network: a second way to a classifier, for training only."""

from dataclasses import dataclass

from torch import nn


@dataclass(frozen=True, kw_only=True, eq=False)
class AuxiliaryBranch:
    """Layers from within a network to an auxiliary classifier, which is not one of them.

    Attributes
    ----------
    after
        Dotted name of the network's module whose output they take.
    module
        Maps that output to features of shape (n, n_features).
    n_features
        Width of these.
    """

    after: str
    module: nn.Module
    n_features: int
