"""Check the text of a LightGBM model before LightGBM's own parser, in C++, sees it.

That parser trusts its input: an index outside of an array or a tree that leads back to its root
would end the process, or never end it. What no prediction asks for is left out: the sizes of
trees, a shortcut for reading, and the parameters of the training after the last tree.
"""

import math
import re
from collections.abc import Iterable, Sequence

_OBJECTIVE = re.compile(r"binary sigmoid:1|multiclass num_class:([0-9]+)")
_INTEGERS = ("split_feature", "decision_type", "left_child", "right_child")
_INNER = (*_INTEGERS, "threshold", "split_gain", "internal_value", "internal_weight")
_LEAVES = ("leaf_value", "leaf_weight")
_COUNTS = (("internal_count", -1), ("leaf_count", 0))  # and how many more than leaves they are
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
_INTEGER = re.compile(r"-?[0-9]+")
_LARGEST = 2**31 - 1
_CATEGORICAL = 1  # bit of decision_type
_MOST_CLASSES = 10_000
_MOST_FEATURES = 1_000_000


def checked(text: str) -> str:
    """Return the part of a model's text that predictions need, if it is sound.

    Parameters
    ----------
    text
        Of ``lightgbm.Booster.model_to_string``, without categorical features or linear trees.

    Raises
    ------
    ValueError
        If a part is missing, a number is not finite or out of range, or a tree is none.
    """
    whole, end, _ = text.partition("\nend of trees\n")
    if not end:
        raise ValueError("the end of its trees is missing")
    head, *trees = whole.split("\nTree=")
    first, *lines = head.split("\n")
    settings = _pairs(lines)
    n_features = _integers(settings["max_feature_idx"], 1)[0] + 1
    n_classes = _integers(settings["num_class"], 1)[0]
    objective = _OBJECTIVE.fullmatch(settings["objective"])
    if (
        first != "tree"
        or settings["label_index"] != "0"
        or settings["num_tree_per_iteration"] != settings["num_class"]
        or not 1 <= n_classes <= _MOST_CLASSES
        or n_features > _MOST_FEATURES
        or objective is None
        or (objective[1] or "1") != settings["num_class"]
        or len(settings["feature_names"].split()) != n_features
        or len(settings["feature_infos"].split()) != n_features
        or len(trees) % n_classes
    ):
        raise ValueError("its header contradicts itself")
    for number, tree in enumerate(trees):
        if not tree.startswith(f"{number}\n"):
            raise ValueError("its trees are not in order")
        _check_tree(_pairs(tree.split("\n")[1:]), n_features)
    kept = "\n".join(line for line in head.split("\n") if not line.startswith("tree_sizes="))
    return "\nTree=".join([kept, *trees]) + end


def _pairs(lines: Iterable[str]) -> dict[str, str]:
    """Return what is written as name=value, each once."""
    found: dict[str, str] = {}
    for line in filter(None, lines):
        name, equals, value = line.partition("=")
        if not equals or name in found:
            raise ValueError(f"the line {line[:40]!r} is out of place")
        found[name] = value
    return found


def _check_tree(tree: dict[str, str], n_features: int) -> None:
    """Raise ValueError unless each node of a tree has one parent and tests a feature there is."""
    n_leaves = _integers(tree["num_leaves"], 1)[0]
    if n_leaves < 1 or tree["num_cat"] != "0" or tree["is_linear"] != "0":
        raise ValueError("a tree is of another kind")
    _numbers(tree["shrinkage"], 1)
    if n_leaves == 1:
        _numbers(tree["leaf_value"], 1)
        return
    for name in _INNER:
        _numbers(tree[name], n_leaves - 1)
    for name in _LEAVES:
        _numbers(tree[name], n_leaves)
    for name, more in _COUNTS:
        _integers(tree[name], n_leaves + more)
    features, decisions, left, right = (_integers(tree[name], n_leaves - 1) for name in _INTEGERS)
    if not all(0 <= feature < n_features for feature in features):
        raise ValueError("a tree tests a feature that there is not")
    if any(not 0 <= decision < 16 or decision & _CATEGORICAL for decision in decisions):
        raise ValueError("a tree is of another kind")
    # inner nodes but the root, and leaves as ~leaf, each once; from a node to a later one only
    children = sorted((*left, *right))
    if children != [*range(-n_leaves, 0), *range(1, n_leaves - 1)] or any(
        0 <= child <= node for side in (left, right) for node, child in enumerate(side)
    ):
        raise ValueError("a tree leads in circles or to nowhere")


def _numbers(text: str, count: int) -> Sequence[float]:
    numbers = [float(number) for number in _split(text, _NUMBER, count)]
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a number of a tree is not finite")
    return numbers


def _integers(text: str, count: int) -> Sequence[int]:
    integers = [int(number) for number in _split(text, _INTEGER, count)]
    if any(abs(integer) > _LARGEST for integer in integers):
        raise ValueError("a number of a tree is out of range")
    return integers


def _split(text: str, form: re.Pattern[str], count: int) -> Sequence[str]:
    """Return the numbers of a line, which all are written as both parsers read them."""
    numbers = text.split(" ")
    if len(numbers) != count or not all(map(form.fullmatch, numbers)):
        raise ValueError("a tree lacks numbers or has too many")
    return numbers
