"""Cut a network into a frozen trunk and a tail, its last blocks, which are trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import timm.layers
import torch
from torch import fx, nn
from torch.fx.passes.shape_prop import ShapeProp

from features.backbones import LoadedBackbone
from features.blocks import find_blocks, operations
from radbank.errors import RadbankError


@dataclass(frozen=True, kw_only=True, eq=False)
class CutNetwork:
    """A network in two parts. They share its parameters: to train a part is to train the network.

    Attributes
    ----------
    trunk
        Maps preprocessed images of shape (n, 3, size, size) to activations of shape (n, *shape).
    tail
        Maps these to the network's embeddings, of shape (n, n_features).
    before
        Dotted name of the first block of the tail; without branches, of its first layer.
    shape
        Of one image's activations.
    """

    trunk: nn.Module
    tail: nn.Module
    before: str
    shape: tuple[int, ...]


def cut(backbone: LoadedBackbone, *, blocks: int) -> CutNetwork:
    """Cut a network before its last blocks (:mod:`features.blocks` says what a block is).

    Parameters
    ----------
    backbone
        In evaluation mode, and traced in it: what a network does in training only, other than by
        modules of PyTorch (stochastic depth), is in neither part.
    blocks
        How many blocks the tail has, at least 1.

    Raises
    ------
    RadbankError
        If torch.fx cannot trace the network, or it cannot be cut before so many blocks.
    """
    graph = _trace(backbone)
    found = find_blocks(graph)
    if blocks > len(found):
        raise RadbankError(
            f"{backbone.name} can be cut before its last {len(found)} blocks at most, and "
            f"{blocks} are to be trained: lower blocks of the arm last-block in params.yaml, or "
            "leave that arm out with this backbone."
        )
    every = operations(graph)
    name, start = found[-blocks]
    images = next(iter(graph.graph.nodes))
    return CutNetwork(
        trunk=_part(graph, every[:start], images),
        tail=_part(graph, every[start:], every[start - 1]),
        before=name.removeprefix("network."),
        shape=tuple(every[start - 1].meta["tensor_meta"].shape[1:]),
    )


class _Whole(nn.Module):
    """A network as a function of images alone, whatever else its forward could be given."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        embeddings: torch.Tensor = self.network(images)
        return embeddings


_TIMM: Any = timm.layers  # timm has no types


class _Tracer(fx.Tracer):
    """A tracer for which an operation is also what timm says cannot be looked into."""

    def __init__(self) -> None:
        super().__init__(autowrap_functions=tuple(_TIMM.get_notrace_functions()))

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        opaque = isinstance(m, tuple(_TIMM.get_notrace_modules()))
        return opaque or super().is_leaf_module(m, module_qualified_name)


def _trace(backbone: LoadedBackbone) -> fx.GraphModule:
    """Return the network as a graph, each operation with the shape of its output."""
    whole = _Whole(backbone.module).eval()
    side = backbone.preprocessing.input_size
    where = next(whole.parameters()).device
    try:
        graph = fx.GraphModule(whole, _Tracer().trace(whole))
        with torch.inference_mode():
            ShapeProp(graph).propagate(torch.zeros(1, 3, side, side, device=where))
    except Exception as error:  # the network's own code runs, on stand-ins for tensors
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise RadbankError(
            f"{backbone.name} cannot be cut, because torch.fx cannot trace it ({reason}): leave "
            "the arm last-block out with this backbone."
        ) from error
    return graph


def _part(graph: fx.GraphModule, part: Sequence[fx.Node], given: fx.Node) -> nn.Module:
    """Return some operations as a module of its own, from the output of one before to the last."""
    alone = fx.Graph()
    copies = {given: alone.placeholder("given")}
    for node in graph.graph.nodes:
        if node in part or (node.op == "get_attr" and not node.users.keys().isdisjoint(part)):
            copies[node] = alone.node_copy(node, copies.__getitem__)
    alone.output(copies[part[-1]])
    return fx.GraphModule(graph, alone).eval()
