"""Save and load scikit-learn estimators as skops files of reproducible bytes."""

import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import skops.io
from numpy.lib import format as npy
from skops.io.exceptions import UntrustedTypesFoundException

from radbank.errors import RadbankError

_SCHEMA = "schema.json"
_LARGEST = 2**30  # bytes of all that an archive holds
_LARGEST_SCHEMA = 2**26  # bytes; as Python's objects they take some tens of times as many
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def dump(estimator: Any, path: Path) -> None:  # noqa: ANN401 - any scikit-learn estimator
    """Write an estimator as a skops file.

    skops names the arrays after memory addresses and stamps the archive with the time. Both are
    replaced here (addresses by their rank of appearance), so equal estimators give equal bytes;
    the file stays a plain skops file.
    """
    with ZipFile(io.BytesIO(skops.io.dumps(estimator))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    ranks: dict[int, int] = {}
    schema = _renumber(json.loads(members[_SCHEMA]), ranks)
    arrays = {
        f"{rank}.npy": members[f"{address}.npy"]
        for address, rank in ranks.items()
        if f"{address}.npy" in members
    }
    with ZipFile(path, "w") as archive:
        for name, content in arrays.items():
            archive.writestr(ZipInfo(name), content)
        archive.writestr(ZipInfo(_SCHEMA), json.dumps(schema, indent=2))


def _renumber(node: Any, ranks: dict[int, int]) -> Any:  # noqa: ANN401 - JSON is of any type
    """Copy a schema with every memory address replaced by its rank of appearance."""
    if isinstance(node, list):
        return [_renumber(item, ranks) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _renumber(value, ranks) for key, value in node.items()}
    if "__id__" in node:
        copy["__id__"] = ranks.setdefault(node["__id__"], len(ranks))
    if "file" in node:
        copy["file"] = f"{copy['__id__']}.npy"
    return copy


def load(path: Path, trusted: Sequence[str] = ()) -> Any:  # noqa: ANN401 - any estimator
    """Read an estimator; a file with a type that is not trusted is refused.

    Parameters
    ----------
    path
        A skops file.
    trusted
        Full names of types beyond those of scikit-learn and NumPy that skops trusts by itself.

    Raises
    ------
    RadbankError
        If the file is damaged or names a type that is not trusted.
    """
    try:
        _require_bounded(path)
        return skops.io.load(path, trusted=list(trusted))
    except UntrustedTypesFoundException as error:
        raise RadbankError(
            f"{path} is refused, because it names types that its head does not declare in "
            f"trusted_types ({str(error).splitlines()[0]})"
        ) from None
    except Exception as error:  # noqa: BLE001 - an altered schema can lead skops into any
        raise RadbankError(
            f"{path} is damaged ({type(error).__name__}): train the head again."
        ) from None


def _require_bounded(path: Path) -> None:
    """Raise ValueError unless an archive is a schema of some size and arrays that are all there.

    A member may be compressed to a thousandth, and an array's header may claim any shape.
    """
    with ZipFile(path) as archive:
        members = archive.infolist()
        if (
            sum(member.file_size for member in members) > _LARGEST
            or archive.getinfo(_SCHEMA).file_size > _LARGEST_SCHEMA
        ):
            raise ValueError("it holds too much")
        for member in members:
            if member.filename == _SCHEMA:
                continue
            with archive.open(member) as file:
                read_header = _HEADERS[npy.read_magic(file)]
                shape, _, dtype = read_header(file)
                if math.prod(shape) * dtype.itemsize > member.file_size or dtype.hasobject:
                    raise ValueError("an array is none")
