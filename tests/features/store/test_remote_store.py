"""The feature store at a URL: what is particular there (test_store.py has the rest)."""

import warnings

import numpy as np
import pytest
import xarray as xr
from fsspec import filesystem

from features.store import store
from features.store.copying import copy_store
from features.store.store import StoreCoords, open_store, write_store
from radbank.errors import RadbankError

N = 20


@pytest.fixture(autouse=True)
def small_shards(monkeypatch):
    monkeypatch.setattr(store, "CHUNK", 4)
    monkeypatch.setattr(store, "SHARD", 8)


@pytest.fixture
def url(s3, tmp_path):
    return f"{s3}/{tmp_path.name}/a.zarr"


def embeddings(seed=0):
    return np.random.default_rng(seed).standard_normal((N, 2, 5), dtype=np.float32)


def write(location, values, blocks=None):
    write_store(
        location,
        [values] if blocks is None else blocks,
        n_images=N,
        n_views=2,
        layer_of_feature=["penultimate"] * 5,
        coords=StoreCoords(
            id=[f"image {i:05d}" for i in range(N)],
            group=[f"Jürgen {i // 2}" for i in range(N)],
            label=[i % 2 for i in range(N)],
            split=["train"] * N,
        ),
        attributes={"backbone": "tiny"},
    )


def test_round_trip_and_xarray_without_a_warning(url):
    values = embeddings()
    write(url, values)
    with open_store(url) as opened:
        np.testing.assert_array_equal(opened.embedding, values)
        assert opened.attrs["backbone"] == "tiny"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain = xr.open_zarr(url, consolidated=False)
        np.testing.assert_array_equal(plain.embedding.isel(view=1).values, values[:, 1])
    assert plain.group.values[2] == "Jürgen 1"


def contents(folder):
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_there_and_back_is_the_same_bytes(url, tmp_path):
    write(tmp_path / "a.zarr", embeddings())
    copy_store(tmp_path / "a.zarr", url)
    copy_store(url, tmp_path / "b.zarr")
    assert contents(tmp_path / "a.zarr") == contents(tmp_path / "b.zarr")
    bucket = filesystem("s3")
    there = {name.partition("a.zarr/")[2]: bucket.cat_file(name) for name in bucket.find(url)}
    assert there == contents(tmp_path / "a.zarr")


def interrupted(values):
    yield values[:12]
    raise KeyboardInterrupt


def test_an_unfinished_store_is_never_taken_for_a_whole_one(url):
    with pytest.raises(KeyboardInterrupt):
        write(url, embeddings(), interrupted(embeddings()))
    assert filesystem("s3").exists(f"{url}/embedding/c/0/0/0")
    with pytest.raises(RadbankError, match=r"no feature store, or an unfinished one"):
        open_store(url)


def test_what_is_replaced_goes_before_the_first_block(url):
    write(url, embeddings())
    with pytest.raises(KeyboardInterrupt):
        write(url, embeddings(1), interrupted(embeddings(1)))
    with pytest.raises(RadbankError, match=r"no feature store, or an unfinished one"):
        open_store(url)
    write(url, embeddings(1))
    with open_store(url) as opened:
        np.testing.assert_array_equal(opened.embedding, embeddings(1))


def test_missing_and_damaged_parts_are_refused(url):
    write(url, embeddings())
    bucket = filesystem("s3")
    part = f"{url}/embedding/c/1/0/0"
    content = bytearray(bucket.cat_file(part))
    content[len(content) // 3] ^= 1
    bucket.pipe_file(part, bytes(content))
    with pytest.raises(RadbankError, match="damaged"):
        open_store(url)
    bucket.rm_file(part)
    with pytest.raises(RadbankError, match="a part of embedding is missing"):
        open_store(url)


def test_a_store_a_bucket_or_a_file_system_that_is_not_there(s3):
    with pytest.raises(RadbankError, match=r"no feature store s3://radbank/none\.zarr"):
        open_store(f"{s3}/none.zarr")
    with pytest.raises(RadbankError, match=r"s3://nobody/a\.zarr cannot be written"):
        write("s3://nobody/a.zarr", embeddings())
    with pytest.raises(RadbankError, match=r"cannot be reached \(Protocol not known: ftl"):
        open_store("ftl://moon/a.zarr")
