"""Tell folders of splits from folders of classes."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from pipeline.layouts.splits import SPLITS, split_of
from radbank.errors import RadbankError

_FILES = ""  # stands for files that lie directly in a folder


def find_splits(
    files: Sequence[PurePosixPath], root: Path
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the split of each folder of the root, and what is doubtful about them.

    Folders called ``train``, ``val`` and so on are splits. Folders whose names hold such a word
    (``training_set``) are splits if each holds the same class folders.

    Parameters
    ----------
    files
        Paths below the root.
    root
        For errors.

    Returns
    -------
    splits
        Split by the folder's name; empty if the folders are no splits.
    cautions
        Sentences for all who read the results.

    Raises
    ------
    RadbankError
        If split folders and others lie side by side, or folders have names of splits and hold
        other folders than one another.
    """
    inside: dict[str, set[str]] = defaultdict(set)
    for path in files:
        if len(path.parts) > 1:
            inside[path.parts[0]].add(path.parts[1] if len(path.parts) > 2 else _FILES)
    splits = {name: split for name in sorted(inside) if (split := split_of(name))}
    exact = [name for name in splits if name.lower() in SPLITS]
    others = sorted(inside.keys() - splits.keys())
    if others and (exact or len(set(splits.values())) > 1):
        raise RadbankError(
            f"{root} holds both split folders ({', '.join(splits)}) and others "
            f"({', '.join(others)}): keep the one kind."
        )
    alike = len({frozenset(names) for names in inside.values()}) == 1
    classes = next(iter(inside.values()), set())
    nested = alike and len(classes) > 1 and _FILES not in classes
    if splits and not others:
        if len(exact) == len(inside) or nested:
            return splits, ()
        raise RadbankError(
            f"The folders {', '.join(inside)} in {root} are named like splits but do not hold the "
            "same class folders: call them train, validation and test if they are splits, or "
            "otherwise if they are classes."
        )
    if nested and len(inside) > 1:
        return {}, (
            (
                f"Each of the {len(inside)} class folders holds the same {len(classes)} folders: "
                "are those the classes?"
            ),
        )
    return {}, ()
