"""Ids for files that come without one."""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath


def shortest_ids(paths: Sequence[PurePosixPath]) -> dict[PurePosixPath, str]:
    """Return unique ids: the stem, else the path without suffix, else the whole path.

    Parameters
    ----------
    paths
        Different paths.
    """
    stems = Counter(path.stem for path in paths)
    bare = Counter(str(path.with_suffix("")) for path in paths)
    ids = {}
    for path in paths:
        without = str(path.with_suffix(""))
        ids[path] = path.stem if stems[path.stem] == 1 else without
        if stems[path.stem] > 1 and bare[without] > 1:
            ids[path] = str(path)
    return ids
