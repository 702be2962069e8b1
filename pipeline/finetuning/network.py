"""The network that is fine-tuned: a backbone's embedding and a new linear layer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from features.backbones import LoadedBackbone
from features.preprocessing import Preprocessing
from heads.scores import n_outputs
from pipeline.finetuning.auxiliary import AuxiliaryClassifier
from radbank.errors import RadbankError

WEIGHTS_FILE = "model.safetensors"
_HEADER = 2**24  # bytes: more than the names of a network's tensors take


class FineTunedNetwork(nn.Module):
    """A backbone with a linear layer on its embedding: one output a class, of two classes one.

    The embedding is the penultimate one. Weights are laid out channels last, in which
    convolutions are as fast or faster; how they round depends on it, so every network here is laid
    out so from the start.

    Parameters
    ----------
    embed
        Maps float images of shape (n, 3, side, side) to embeddings of shape (n, n_features).
    preprocessing
        Makes those images from stored 8-bit pixels.
    n_features
        Width of the embedding.
    n_classes
        Of two there is one output, the log odds of the positive one.
    seed
        Of the new layer's initial weights.
    auxiliary
        A classifier on activations within the embedding, which takes part in training only, and
        is not saved; None: there is none.
    """

    def __init__(
        self,
        embed: nn.Module,
        preprocessing: Preprocessing,
        *,
        n_features: int,
        n_classes: int,
        seed: int,
        auxiliary: AuxiliaryClassifier | None = None,
    ) -> None:
        super().__init__()
        self.embed = embed
        self.preprocessing = preprocessing
        self.classify = nn.Linear(n_features, n_outputs(n_classes))
        self.auxiliary = auxiliary
        self.draw_output_layer(seed)
        self.to(memory_format=torch.channels_last)

    def draw_output_layer(self, seed: int) -> None:
        """Draw the output layers' weights from a seed, as nn.Linear draws its own."""
        generator = torch.Generator().manual_seed(seed)
        for layer in (self.classify, *([self.auxiliary.classify] if self.auxiliary else [])):
            bound = layer.in_features**-0.5
            with torch.no_grad():
                for parameter in layer.parameters():
                    drawn = torch.empty(parameter.shape)
                    parameter.copy_(drawn.uniform_(-bound, bound, generator=generator))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits (n, n_outputs) for preprocessed images of shape (n, 3, side, side)."""
        logits: torch.Tensor = self.classify(self.embed(images))
        return logits

    def training_logits(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return logits, and those of the auxiliary classifier where there is one."""
        if self.auxiliary is None:
            return self(images), None
        caught: list[torch.Tensor] = []
        within = self.embed.get_submodule(self.auxiliary.after)
        hook = within.register_forward_hook(lambda _, __, output: caught.append(output))
        try:
            return self(images), self.auxiliary(caught.pop())
        finally:
            hook.remove()

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self.classify.weight.device

    def images(self, pixels: np.ndarray) -> torch.Tensor:
        """Preprocess uint8 pixels of shape (n, height, width) on the network's own device."""
        return self.preprocessing(torch.from_numpy(pixels).to(self.device))

    def restore(self, folder: Path) -> None:
        """Read what :func:`save_weights` wrote.

        Raises
        ------
        RadbankError
            If the file is missing or damaged, or holds another network's weights.
        """
        path = folder / WEIGHTS_FILE
        held = sum(value.nbytes for value in self.state_dict().values())
        other = RadbankError(
            f"The weights in {path} are of another network than model.json beside it describes: "
            "run `dvc repro finetune`."
        )
        try:
            if path.stat().st_size > held + _HEADER:
                raise other
            self.load_state_dict(load_file(path))
        except FileNotFoundError:
            raise RadbankError(
                f"There is no {path}: run `dvc repro finetune`, or `dvc pull` if it was run "
                "elsewhere."
            ) from None
        except (SafetensorError, KeyError, ValueError):
            raise RadbankError(f"{path} is damaged: run `dvc repro finetune`.") from None
        except RuntimeError:
            raise other from None


def save_weights(state: dict[str, torch.Tensor], folder: Path) -> None:
    """Write a network's parameters and buffers to ``model.safetensors`` in an existing folder.

    Those of an auxiliary classifier, which no prediction needs, are left out.
    """
    kept = {
        name: value.contiguous()
        for name, value in state.items()
        if not name.startswith("auxiliary.")
    }
    save_file(kept, folder / WEIGHTS_FILE)


def build_network(
    backbone: LoadedBackbone,
    *,
    n_classes: int,
    image_size: int | None,
    seed: int,
    auxiliary: bool = False,
) -> FineTunedNetwork:
    """Put a new linear layer on a backbone, at an input size of choice.

    Parameters
    ----------
    backbone
        As `features.backbones.load` returns it.
    n_classes
        Of the task.
    image_size
        Side of the network's input in pixels; None for the size the backbone's weights were
        made for. A smaller one trains faster.
    seed
        Of the new layer's initial weights.
    auxiliary
        Train an auxiliary classifier too, where the backbone has one.

    Raises
    ------
    RadbankError
        If the backbone cannot take images of that size.
    """
    preprocessing = backbone.preprocessing
    branch = backbone.auxiliary if auxiliary else None
    if image_size is not None:
        preprocessing = replace(preprocessing, input_size=image_size)
    network = FineTunedNetwork(
        backbone.module,
        preprocessing,
        n_features=backbone.n_features,
        n_classes=n_classes,
        seed=seed,
        auxiliary=AuxiliaryClassifier(branch, n_outputs(n_classes)) if branch else None,
    )
    _check_size(network, backbone, preprocessing.input_size)
    return network


def _check_size(network: FineTunedNetwork, backbone: LoadedBackbone, size: int) -> None:
    """Run one black image through the network, which shows whether the size is possible."""
    network.eval()
    try:
        with torch.inference_mode():
            network.training_logits(torch.zeros(1, 3, size, size))
    except (RuntimeError, AssertionError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        own = backbone.preprocessing.input_size
        also = " with its auxiliary classifier" if network.auxiliary else ""
        raise RadbankError(
            f"{backbone.name}{also} cannot take images of {size} pixels ({reason}): set "
            "finetune.image_size (for the synthetic cohort finetune.demo.image_size) to null for "
            f"its own size ({own})."
        ) from error
