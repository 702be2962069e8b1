"""The auxiliary classifier of a network: trained beside the first, and never asked."""

from copy import deepcopy

import torch
from torch import nn

from features.families.auxiliary import AuxiliaryBranch


class AuxiliaryClassifier(nn.Module):
    """A branch of a network with an output layer of its own.

    Parameters
    ----------
    branch
        Its layers are copied.
    n_outputs
        As the network has.

    Attributes
    ----------
    after
        Name of the module of the embedding whose output it takes.
    """

    def __init__(self, branch: AuxiliaryBranch, n_outputs: int) -> None:
        super().__init__()
        self.after = branch.after
        self.embed = deepcopy(branch.module)
        self.classify = nn.Linear(branch.n_features, n_outputs)

    def forward(self, activations: torch.Tensor) -> torch.Tensor:
        """Return logits (n, n_outputs) for what the module named `after` gave."""
        logits: torch.Tensor = self.classify(self.embed(activations))
        return logits
