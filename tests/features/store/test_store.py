import hashlib
import warnings

import numpy as np
import pytest
import xarray as xr
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st

from features.store import store
from features.store.store import StoreCoords, open_store, write_store
from radbank.errors import RadbankError


def coords(n):
    return StoreCoords(
        id=[f"image {i:05d}" for i in range(n)],
        group=[f"Jürgen {i // 2}" for i in range(n)],
        label=[i % 2 for i in range(n)],
        split=["train" if i % 5 else "test" for i in range(n)],
    )


def embeddings(n=7, views=2, features=5, seed=0):
    return np.random.default_rng(seed).standard_normal((n, views, features), dtype=np.float32)


def write(path, values, *, block=3, **attributes):
    n_images, n_views, n_features = values.shape
    write_store(
        path,
        (values[start : start + block] for start in range(0, n_images, block)),
        n_images=n_images,
        n_views=n_views,
        layer_of_feature=["penultimate"] * (n_features - 1) + ["layer3"],
        coords=coords(n_images),
        attributes={"backbone": "tiny", "preprocessing": {"mean": [0.5]}, **attributes},
    )
    return path


@pytest.fixture
def small_shards(monkeypatch):
    monkeypatch.setattr(store, "CHUNK", 4)
    monkeypatch.setattr(store, "SHARD", 8)


def test_round_trip(tmp_path):
    values = embeddings()
    opened = open_store(write(tmp_path / "a.zarr", values))
    np.testing.assert_array_equal(opened.embedding, values)
    assert opened.embedding.dims == ("image", "view", "feature")
    assert set(opened.coords) == {"id", "group", "label", "split", "feature_layer"}
    assert opened.id.values.tolist() == coords(7).id
    assert opened.group.values.tolist() == coords(7).group
    assert opened.label.dtype == np.int64
    assert opened.feature_layer.values.tolist() == ["penultimate"] * 4 + ["layer3"]
    assert opened.attrs["radbank_schema"] == 1
    assert opened.attrs["preprocessing"] == {"mean": [0.5]}


def test_opens_in_xarray_without_a_warning_and_selects_by_split(tmp_path):
    values = embeddings()
    path = write(tmp_path / "a.zarr", values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = xr.open_zarr(path, consolidated=False)
        test = opened.sel(image=(opened.split == "test").compute())
        plain = test.embedding.isel(view=0).values
    np.testing.assert_array_equal(plain, values[[0, 5], 0])
    assert plain.dtype == np.float32


@settings(max_examples=20, deadline=None)
@given(
    n=st.integers(1, 30), block=st.integers(1, 12), views=st.integers(1, 3), seed=st.integers(0, 9)
)
def test_any_number_of_images_in_any_blocks(tmp_path_factory, n, block, views, seed):
    values = embeddings(n, views, seed=seed)
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "CHUNK", 4)
        patch.setattr(store, "SHARD", 8)
        opened = open_store(write(folder / "a.zarr", values, block=block))
        np.testing.assert_array_equal(opened.embedding, values)


def hashes(folder):
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_equal_runs_give_equal_bytes_whatever_the_blocks(tmp_path, small_shards):
    values = embeddings(30)
    first = hashes(write(tmp_path / "a.zarr", values, block=3))
    second = hashes(write(tmp_path / "deep" / "b.zarr", values, block=30))
    assert first == second
    assert sum(name.startswith("embedding/c/") for name in first) == 4 * 2


def test_other_embeddings_give_other_bytes(tmp_path):
    first = hashes(write(tmp_path / "a.zarr", embeddings(seed=0)))
    assert first != hashes(write(tmp_path / "b.zarr", embeddings(seed=1)))


def files(path, array):
    return sorted(file for file in (path / array / "c").rglob("*") if file.is_file())


def test_a_missing_shard_is_refused(tmp_path, small_shards):
    path = write(tmp_path / "a.zarr", embeddings(30))
    files(path, "embedding")[1].unlink()
    with pytest.raises(RadbankError, match=r"incomplete: a part of embedding is missing"):
        open_store(path)


@pytest.mark.parametrize("name", ["id", "group", "label", "split", "feature_layer"])
def test_a_missing_coordinate_chunk_is_refused(tmp_path, name):
    path = write(tmp_path / "a.zarr", embeddings())
    files(path, name)[0].unlink()
    with pytest.raises(RadbankError, match=rf"incomplete: a part of {name} is missing"):
        open_store(path)


def test_a_missing_chunk_inside_a_shard_is_refused(tmp_path, small_shards):
    path = write(tmp_path / "a.zarr", embeddings(30))
    array = zarr.open_group(path, mode="a")["embedding"]
    array[8:12, 0] = np.nan  # the fill value: Zarr leaves the chunk out
    with pytest.raises(RadbankError, match="incomplete"):
        open_store(path)


def test_a_torn_shard_is_refused(tmp_path, small_shards):
    path = write(tmp_path / "a.zarr", embeddings(30))
    shard = files(path, "embedding")[0]
    shard.write_bytes(shard.read_bytes()[:-30])
    with pytest.raises(RadbankError, match="damaged"):
        open_store(path)


@pytest.mark.parametrize("array", ["embedding", "id", "label"])
def test_a_flipped_bit_is_noticed(tmp_path, array):
    path = write(tmp_path / "a.zarr", embeddings())
    chunk = files(path, array)[0]
    content = bytearray(chunk.read_bytes())
    content[len(content) // 3] ^= 1
    chunk.write_bytes(content)
    with pytest.raises(RadbankError, match="damaged"):
        open_store(path)


def set_label(group):
    group["label"][0] = 1 - group["label"][0]


def set_id(group):
    group["id"][0] = "another image"


def set_split(group):
    group["split"][0] = "train"


def set_value(group):
    group["embedding"][0, 0, 0] += 1


def negate(group):
    group["embedding"][:] = -group["embedding"][:]


def swap_views(group):
    group["embedding"][:] = group["embedding"][:][:, ::-1]


def set_backbone(group):
    group.attrs["backbone"] = "another"


def swap_ids_and_groups(group):
    ids, groups = group["id"][:], group["group"][:]
    group["id"][:], group["group"][:] = groups, ids


def drop_the_digest(group):
    attributes = dict(group.attrs)
    del attributes["content_sha256"]
    group.attrs.put(attributes)


@pytest.mark.parametrize(
    "tamper",
    [
        set_label,
        set_id,
        set_split,
        set_value,
        negate,
        swap_views,
        set_backbone,
        swap_ids_and_groups,
        drop_the_digest,
    ],
)
def test_what_somebody_wrote_anew_with_valid_checksums_is_refused(tmp_path, tamper):
    path = write(tmp_path / "a.zarr", embeddings())
    tamper(zarr.open_group(path, mode="a"))
    with pytest.raises(RadbankError, match=r"does not hold what radbank wrote .*dvc repro extract"):
        open_store(path)


def test_the_digest_does_not_depend_on_chunks(tmp_path, monkeypatch):
    whole = open_store(write(tmp_path / "a.zarr", embeddings(30))).attrs
    monkeypatch.setattr(store, "CHUNK", 4)
    monkeypatch.setattr(store, "SHARD", 8)
    assert open_store(write(tmp_path / "b.zarr", embeddings(30))).attrs == whole


def test_a_missing_array_and_a_missing_or_foreign_store_are_explained(tmp_path):
    with pytest.raises(RadbankError, match=r"no feature store .*dvc repro extract"):
        open_store(tmp_path / "none.zarr")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RadbankError, match="damaged"):
        open_store(tmp_path / "empty")
    zarr.open_group(tmp_path / "other.zarr", mode="w", attributes={"radbank_schema": 99})
    with pytest.raises(RadbankError, match="of schema 99"):
        open_store(tmp_path / "other.zarr")
    zarr.open_group(tmp_path / "bare.zarr", mode="w", attributes={"radbank_schema": 1})
    with pytest.raises(RadbankError, match="damaged"):
        open_store(tmp_path / "bare.zarr")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_embedding_that_is_not_finite_stops_the_run_and_leaves_the_old_store(tmp_path, bad):
    path = write(tmp_path / "a.zarr", embeddings())
    before = hashes(path)
    values = embeddings(seed=1)
    values[5, 1, 2] = bad
    with pytest.raises(RadbankError, match=r"image 00005 is not finite"):
        write(path, values)
    assert hashes(path) == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.zarr"]


def test_too_few_embeddings_are_a_bug(tmp_path):
    values = embeddings()
    with pytest.raises(ValueError, match="of 6 images for a store of 7"):
        write_store(
            tmp_path / "a.zarr",
            [values[:6]],
            n_images=7,
            n_views=2,
            layer_of_feature=["penultimate"] * 5,
            coords=coords(7),
            attributes={},
        )
    assert list(tmp_path.iterdir()) == []
