"""The interface of one backbone: its weights, its preprocessing, how to build it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from torch import nn

from features.families.auxiliary import AuxiliaryBranch
from features.preprocessing import Preprocessing
from features.weights import State
from features.weights_files import WeightsFile
from radbank.errors import RadbankError


@dataclass(frozen=True)
class Recipe(ABC):
    """How to make one network, known without building it.

    Parameters
    ----------
    name
        The backbone's name in params.yaml.
    """

    name: str

    @property
    @abstractmethod
    def weights_name(self) -> str:
        """The name of the pretrained weights, which pins them."""

    @property
    @abstractmethod
    def weights_file(self) -> WeightsFile:
        """The file that holds the pretrained weights."""

    @property
    @abstractmethod
    def preprocessing(self) -> Preprocessing:
        """The preprocessing that the weights were trained with."""

    @abstractmethod
    def build(self, state: State | None = None) -> nn.Module:
        """Return the network without its classifier: images in, penultimate embeddings out.

        Parameters
        ----------
        state
            The tensors of a weights file; None leaves the network untrained, as its initialiser
            and torch's global generator make it.

        Raises
        ------
        RadbankError
            If the tensors do not fit the network.
        """

    def auxiliary(self, state: State | None = None) -> AuxiliaryBranch | None:  # noqa: ARG002
        """Return the network's auxiliary branch, as :meth:`build` builds; None: it has none."""
        return None


def load_exactly(name: str, module: nn.Module, state: State) -> None:
    """Load a state dict into a module; every name and shape must match.

    Counters of batches (``num_batches_tracked``), which old files lack, may be absent.

    Raises
    ------
    RadbankError
        If one is missing, unexpected or of another shape: the first of them.
    """
    wanted = module.state_dict()
    missing = [key for key in wanted if key not in state and not _is_counter(key)]
    unexpected = [key for key in state if key not in wanted]
    misshapen = [
        f"{key} is {tuple(state[key].shape)}, not {tuple(wanted[key].shape)}"
        for key in wanted
        if key in state and state[key].shape != wanted[key].shape
    ]
    if missing or unexpected or misshapen:
        problem = (
            [f"{key} is missing" for key in missing]
            + [f"{key} is unexpected" for key in unexpected]
            + misshapen
        )
        raise RadbankError(
            f"The weights do not fit backbone {name}: {problem[0]} ({len(problem)} tensors in all "
            "do not fit); name the backbone that they were trained with."
        )
    module.load_state_dict({**{key: wanted[key] for key in wanted if key not in state}, **state})


def _is_counter(key: str) -> bool:
    return key.endswith("num_batches_tracked")
