"""Find the blocks of a network in its graph, as torch.fx traces it.

A network can be cut behind every operation whose output is all that the later ones need: not
inside a residual block, whose input is added to its output. So the graph itself says what a block
is:

- A *block* is an instance of a class of modules that has branches: a bottleneck of ResNet, a dense
  block of DenseNet, an Inception module, an inverted residual of EfficientNet, a layer of a
  transformer. Instances that have none, as where a stride leaves no room for a shortcut, are blocks
  too.
- In a network without branches, such as VGG, a block is the convolutions on maps of one size.

What follows the last block (a last convolution, a norm, fully connected layers) belongs to it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from math import inf
from typing import NamedTuple

from torch import fx, nn
from torch.fx.passes.shape_prop import TensorMetadata


def operations(graph: fx.GraphModule) -> list[fx.Node]:
    """Return what a graph computes, in order: all but its input, its parameters and its output."""
    return [node for node in graph.graph.nodes if node.op.startswith("call")]


class NetworkBlock(NamedTuple):
    """A block: its dotted name in the network, and its first position in :func:`operations`."""

    name: str
    start: int


def find_blocks(graph: fx.GraphModule) -> list[NetworkBlock]:
    """Return the blocks that a network can be cut before, in the order they run in.

    Parameters
    ----------
    graph
        Of one input, with the shapes of its operations (``torch.fx.passes.shape_prop``).

    Returns
    -------
    list of NetworkBlock
        Where there are no branches, a block is named after its first layer.
    """
    every = operations(graph)
    cuts = _cuts(graph, every)
    classes = set(_branching(graph, every, cuts))
    if not classes:
        return [
            NetworkBlock(_stack(every[start])[-1][0], start)
            for start in _by_size(graph, every, cuts)
        ]
    firsts: dict[str, int] = {}
    for position, node in enumerate(every):
        for name, kind in _stack(node):
            if kind in classes:
                firsts.setdefault(name, position)
                break  # a block inside a block is a part of it
    # what lies between a block and the last cut before it goes with the block
    starts = {
        max((cut for cut in cuts if cut <= first), default=0): name
        for name, first in reversed(firsts.items())
    }
    return [NetworkBlock(starts[start], start) for start in sorted(starts) if start]


def _cuts(graph: fx.GraphModule, every: Sequence[fx.Node]) -> list[int]:
    """Return the positions whose operations need one tensor alone of what was computed before."""
    at = {node: position for position, node in enumerate(every)}
    (images,) = (node for node in graph.graph.nodes if node.op == "placeholder")
    needed_until = max(at[user] for user in images.users)
    found = []
    for position, node in enumerate(every):
        if needed_until <= position and _shape(node):
            found.append(position + 1)
        needed_until = max([needed_until, *(at.get(user, len(every)) for user in node.users)])
    return [position for position in found if position < len(every)]


def _branching(
    graph: fx.GraphModule, every: Sequence[fx.Node], cuts: Sequence[int]
) -> Iterator[type]:
    """Yield the classes of modules, below the network, with branches that have parameters."""
    for start, end in pairwise([0, *cuts, len(every)]):
        part = every[start:end]
        if len(part) > 1 and any(_module(graph, node, nn.Module) for node in part):
            levels = zip(*map(_stack, part), strict=False)
            shared = takewhile(lambda level: len(set(level)) == 1, levels)
            _, *inner = (level[0] for level in shared)
            if inner and inner[-1][1] is not nn.Sequential:
                yield inner[-1][1]


def _by_size(graph: fx.GraphModule, every: Sequence[fx.Node], cuts: Sequence[int]) -> Iterator[int]:
    """Yield where convolutions on a smaller map begin: behind a pooling, or with a strided one."""
    side = inf
    smaller = []
    for position in cuts:
        shape = _shape(every[position - 1])
        if len(shape) == 4 and shape[-1] < side:
            strided = _module(graph, every[position - 1], nn.Conv2d) and position - 1 in cuts
            smaller.append(position - 1 if strided else position)
            side = shape[-1]
    for start, end in pairwise([*smaller, len(every)]):
        if any(_module(graph, node, nn.Conv2d) for node in every[start:end]):
            yield start


def _shape(node: fx.Node) -> tuple[int, ...]:
    """Return the shape of an operation's output; empty where that is no single tensor."""
    meta = node.meta.get("tensor_meta")
    return tuple(meta.shape) if isinstance(meta, TensorMetadata) else ()


def _module(graph: fx.GraphModule, node: fx.Node, kind: type[nn.Module]) -> bool:
    """Tell whether an operation is a module of a kind, with parameters."""
    if node.op != "call_module":
        return False
    module = graph.get_submodule(str(node.target))
    return isinstance(module, kind) and any(True for _ in module.parameters())


def _stack(node: fx.Node) -> list[tuple[str, type]]:
    """Return name and class of the modules that an operation lies in, the outermost first."""
    return list(node.meta["nn_module_stack"].values())
