"""Feature extraction from any layers of a network, by default the penultimate one."""

import difflib
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

import torch
from torch import nn

from features.backbones import LoadedBackbone
from features.flops import count_flops
from radbank.errors import RadbankError

PENULTIMATE = "penultimate"


class LayerEmbedding(nn.Module):
    """A network whose output is several of its layers, averaged over space and joined.

    Parameters
    ----------
    backbone
        The network.
    layers
        ``"penultimate"`` or dotted names of the network's modules.

    Raises
    ------
    RadbankError
        If the network has no module of such a name: what comes close.
    """

    def __init__(self, backbone: LoadedBackbone, layers: Sequence[str]) -> None:
        super().__init__()
        self.network = backbone.module
        self.layers = tuple(layers)
        modules = [name for name, _ in self.network.named_modules() if name]
        for layer in self.layers:
            if layer != PENULTIMATE and layer not in modules:
                close = difflib.get_close_matches(layer, [PENULTIMATE, *modules], n=3, cutoff=0.4)
                meant = f"did you mean {' or '.join(close)}" if close else f"try {PENULTIMATE}"
                raise RadbankError(
                    f"features.layers: {backbone.name} has no layer {layer!r}; {meant}?"
                )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the joined layers of preprocessed images, shape (n, sum of widths)."""
        return torch.cat(self.each(images), dim=1)

    def each(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Return every layer of preprocessed images on its own, shape (n, width) each."""
        outputs: dict[str, object] = {}
        with ExitStack() as stack:
            for layer in self.layers:
                if layer != PENULTIMATE:
                    keep = partial(_keep, outputs, layer)
                    module = self.network.get_submodule(layer)
                    stack.enter_context(module.register_forward_hook(keep))
            outputs[PENULTIMATE] = self.network(images)
        return [pool(layer, outputs.get(layer)) for layer in self.layers]


def _keep(
    outputs: dict[str, object],
    layer: str,
    _module: nn.Module,
    _inputs: object,
    output: object,
) -> None:
    """Store a layer's output (a forward hook)."""
    outputs[layer] = output


def pool(layer: str, output: object) -> torch.Tensor:
    """Average a layer's output over space or tokens.

    Parameters
    ----------
    layer
        Its name, for the error.
    output
        Of shape (n, width), (n, tokens, width), or a map over a square: (n, width, side, side),
        or (n, side, side, width) as in Swin transformers.

    Returns
    -------
    torch.Tensor
        Of shape (n, width).

    Raises
    ------
    RadbankError
        If the output is of another shape, or none was given because the layer did not run.
    """
    if isinstance(output, torch.Tensor):
        match output.ndim:
            case 2:
                return output
            case 3:
                return output.mean(dim=1)
            case 4:
                channels_first = output.shape[2] == output.shape[3]
                return output.mean(dim=(2, 3) if channels_first else (1, 2))
    raise RadbankError(
        f"features.layers: layer {layer!r} gives nothing that can be averaged over space; name "
        "another, its parent for instance."
    )


def layer_widths(backbone: LoadedBackbone, layers: Sequence[str]) -> list[int]:
    """Return the number of features of each layer in the joined embedding.

    Raises
    ------
    RadbankError
        If the network has no layer of a name in `layers`, or one gives nothing to average.
    """
    side = backbone.preprocessing.input_size
    where = next(backbone.module.parameters()).device
    with torch.inference_mode():
        images = torch.zeros(1, 3, side, side, device=where)
        outputs = LayerEmbedding(backbone, layers).each(images)
    return [output.shape[1] for output in outputs]


def count_operations(backbone: LoadedBackbone, layers: Sequence[str]) -> int:
    """Return the floating-point operations of embedding one image (:mod:`features.flops`)."""
    side = backbone.preprocessing.input_size
    where = next(backbone.module.parameters()).device
    return count_flops(
        LayerEmbedding(backbone, layers), torch.zeros(1, 3, side, side, device=where)
    )
