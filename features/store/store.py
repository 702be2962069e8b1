"""The feature store: embeddings with their coordinates in one Zarr v3 group, here or at a URL.

Schema 1: array ``embedding`` (image, view, feature) float32, view 0 plain and the rest augmented;
coordinates ``id``, ``group``, ``label``, ``split`` (image) and ``feature_layer`` (feature); the
provenance as attributes of the group. It opens with
``xarray.open_zarr(path, consolidated=False)``.

A chunk or shard that is missing reads as the fill value without an error, and a flipped bit is
not noticed by default. Hence the fill values here are ones that no store holds, every chunk
carries a checksum, and the attribute ``content_sha256`` is one digest of all values, coordinates
and attributes; :func:`open_store` looks for all three. A folder appears under its name when it
is whole; objects at a URL cannot be renamed, and so the attributes are written last: without them
there is no store.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr
from zarr.codecs import ZstdCodec

from features.store.digest import StoreDigest
from features.store.settled import settled
from radbank.errors import RadbankError
from radbank.files import atomic_path, is_no_room
from radbank.remote import exists, is_url

if TYPE_CHECKING:
    import xarray as xr

SCHEMA = 1
SCHEMA_ATTRIBUTE = "radbank_schema"
DIGEST_ATTRIBUTE = "content_sha256"
CHUNK = 128  # images: what a reader of some rows must at least read
SHARD = 8 * CHUNK  # images a file: what the writer holds in memory, for each view

_EMBEDDING = "embedding"
_FEATURE_LAYER = "feature_layer"
_NO_TEXT = ""
_NO_LABEL = -1


@dataclass(frozen=True, kw_only=True)
class StoreCoords:
    """The coordinates of a store's images, one entry an image.

    Parameters
    ----------
    id, group, split
        Image, patient, and train, validation, test or excluded; none is empty.
    label
        0 or 1, or more where there are more than two classes.
    """

    id: Sequence[str]
    group: Sequence[str]
    label: Sequence[int]
    split: Sequence[str]


_COORDS = (*(field.name for field in fields(StoreCoords)), _FEATURE_LAYER)


def write_store(
    path: str | Path,
    blocks: Iterable[np.ndarray],
    *,
    n_images: int,
    n_views: int,
    layer_of_feature: Sequence[str],
    coords: StoreCoords,
    attributes: dict[str, Any],
) -> None:
    """Write a feature store; a reader finds it whole, or not at all.

    Equal content gives equal bytes. Whole shards are written, each once.

    Parameters
    ----------
    path
        The folder or URL to write; what it held is replaced, at a URL before the first block is
        asked for. One process at a time may write to a URL.
    blocks
        float32 arrays of shape (any number of images, n_views, n_features), in order.
    n_images, n_views
        Numbers of images, and of views with the plain one.
    layer_of_feature
        The layer that each feature comes from.
    coords
        Coordinates of the images.
    attributes
        Provenance; must be the same for equal runs (no times, hosts or paths).

    Raises
    ------
    RadbankError
        If an embedding is not finite, the URL cannot be written to, or there is no room.
    ValueError
        If the blocks or coordinates are not of `n_images` images.
    """
    with _whole(path) as target, settled():
        group, digest = _new_group(target), StoreDigest()
        for field in fields(StoreCoords):
            values = _write_coordinate(group, field.name, getattr(coords, field.name), n_images)
            digest.add(field.name, values)
        n_features = len(layer_of_feature)
        values = _write_coordinate(group, _FEATURE_LAYER, layer_of_feature, n_features, "feature")
        digest.add(_FEATURE_LAYER, values)
        embedding = group.create_array(
            _EMBEDDING,
            shape=(n_images, n_views, n_features),
            chunks=(CHUNK, 1, n_features),
            shards=(SHARD, 1, n_features),
            dtype="float32",
            fill_value=np.nan,
            compressors=ZstdCodec(level=1, checksum=True),
            dimension_names=("image", "view", "feature"),
            attributes={"coordinates": " ".join(_COORDS)},
        )
        start = 0
        for shard in _regrouped(blocks, SHARD):
            _require_finite(shard, coords.id[start:])
            for view in range(n_views):
                embedding[start : start + len(shard), view] = shard[:, view]
                digest.add(f"{_EMBEDDING} {view}", shard[:, view])
            start += len(shard)
        if start != n_images:
            raise ValueError(f"embeddings of {start} images for a store of {n_images}")
        described = {SCHEMA_ATTRIBUTE: SCHEMA, **attributes}
        group.attrs.put({**described, DIGEST_ATTRIBUTE: digest.hexdigest(described)})


def is_store(path: Path) -> bool:
    """Return whether a folder of this machine is a feature store."""
    try:
        return SCHEMA_ATTRIBUTE in zarr.open_group(path, mode="r").attrs
    except (OSError, ValueError):
        return False


@contextmanager
def _whole(path: str | Path) -> Iterator[str | Path]:
    """Yield a path to write to, such that no reader sees an incomplete store."""
    try:
        if is_url(path):
            yield path
        else:
            with atomic_path(path) as temporary:
                yield temporary
    except OSError as error:
        if not is_no_room(error):
            raise
        raise RadbankError(
            f"There is no room for {path}: free some there and run it again; what was computed "
            "for it is in the bank."
        ) from error


def _new_group(target: str | Path) -> zarr.Group:
    """Return an empty group in place of what there was."""
    if not is_url(target):
        return zarr.open_group(target, mode="w", zarr_format=3)
    exists(str(target))  # raises if the storage cannot be reached
    try:
        return zarr.open_group(target, mode="w", zarr_format=3)
    except OSError as error:
        raise RadbankError(
            f"{target} cannot be written ({error}): check that the place is there, has room, and "
            "that you may write to it."
        ) from error


def _write_coordinate(
    group: zarr.Group, name: str, values: Sequence[Any], length: int, dimension: str = "image"
) -> np.ndarray:
    if len(values) != length:
        raise ValueError(f"{len(values)} values of {name} for {length}")
    is_label = name == "label"
    array = group.create_array(
        name,
        shape=(length,),
        chunks=(length,),
        dtype="int64" if is_label else "string",
        fill_value=_NO_LABEL if is_label else _NO_TEXT,
        compressors=ZstdCodec(level=1, checksum=True),
        dimension_names=(dimension,),
    )
    written = np.asarray(values, dtype=np.int64 if is_label else np.dtypes.StringDType())
    array[:] = written
    return written


def _regrouped(blocks: Iterable[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """Yield the rows of `blocks` in arrays of `size` rows, the last one shorter."""
    held: list[np.ndarray] = []
    rows = 0
    for block in blocks:
        held.append(block)
        rows += len(block)
        while rows >= size:
            joined = np.concatenate(held)
            yield joined[:size]
            held = [joined[size:]]
            rows -= size
    if rows:
        yield np.concatenate(held)


def _require_finite(embeddings: np.ndarray, ids: Sequence[str]) -> None:
    finite = np.isfinite(embeddings).all(axis=(1, 2))
    if not finite.all():
        raise RadbankError(
            f"The embedding of image {ids[int(np.argmin(finite))]} is not finite: set "
            "features.precision to fp32, or use other weights."
        )


@settled()
def open_store(path: str | Path) -> "xr.Dataset":
    """Open a feature store, a folder or at a URL, and check that all of it is there.

    Every chunk is read once, which verifies its checksum and the digest of the whole; the
    embeddings of the dataset returned stay where they are until they are asked for.

    Raises
    ------
    RadbankError
        If there is no store, it is of another schema, a part is missing or damaged, or it does not
        hold what was written.
    """
    import xarray as xr  # noqa: PLC0415 - takes half a second, which a writer need not

    advice = "run `dvc repro extract` to make it anew"
    if not (exists(str(path)) if is_url(path) else Path(path).is_dir()):
        raise RadbankError(f"There is no feature store {path}: {advice}.")
    try:
        group = zarr.open_group(path, mode="r", zarr_format=3)
        schema = group.attrs.get(SCHEMA_ATTRIBUTE)
        if schema is None:
            raise RadbankError(f"{path} is no feature store, or an unfinished one: {advice}.")
        if schema != SCHEMA:
            raise RadbankError(
                f"{path} is of schema {schema}, and this radbank reads {SCHEMA}: {advice}."
            )
        digest = StoreDigest()
        for name in (*_COORDS, _EMBEDDING):
            for part, values in _parts(group, name):
                if not _is_complete(values):
                    raise RadbankError(
                        f"{path} is incomplete: a part of {name} is missing; {advice}."
                    )
                digest.add(part, values)
        described = dict(group.attrs)
        if described.pop(DIGEST_ATTRIBUTE, None) != digest.hexdigest(described):
            raise RadbankError(
                f"{path} does not hold what radbank wrote there: values, labels, ids or "
                f"attributes were changed since, or an older radbank wrote it; {advice}."
            )
        store: xr.Dataset = xr.open_zarr(path, consolidated=False, chunks=None)
    except (OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise RadbankError(f"{path} is damaged ({reason}): {advice}.") from error
    return store


def _parts(group: zarr.Group, name: str) -> Iterator[tuple[str, np.ndarray]]:
    """Read an array a shard at a time, each with the name under which the digest has it."""
    array = group[name]
    if not isinstance(array, zarr.Array):
        raise TypeError(f"{name} is no array")
    steps = array.shards or array.chunks
    starts = (range(0, length, step) for length, step in zip(array.shape, steps, strict=True))
    for corner in product(*starts):
        where = tuple(slice(at, at + step) for at, step in zip(corner, steps, strict=True))
        yield " ".join([name, *map(str, corner[1:2])]), np.asarray(array[where])


def _is_complete(values: np.ndarray) -> bool:
    """Tell whether none of the values is the fill value of a missing chunk."""
    match values.dtype.kind:
        case "f":
            return bool(np.isfinite(values).all())
        case "i":
            return bool((values != _NO_LABEL).all())
        case _:
            return bool((values != _NO_TEXT).all())
