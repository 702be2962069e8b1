import io
import json
import os
import tracemalloc
import zipfile

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from heads import skops_file
from radbank.errors import RadbankError


@pytest.fixture
def pipeline():
    return make_pipeline(StandardScaler()).fit(np.arange(12.0).reshape(4, 3))


def test_an_estimator_comes_back(pipeline, tmp_path):
    skops_file.dump(pipeline, tmp_path / "a.skops")
    loaded = skops_file.load(tmp_path / "a.skops")
    X = np.ones((2, 3))
    np.testing.assert_array_equal(loaded.transform(X), pipeline.transform(X))
    np.testing.assert_array_equal(
        skops.io.load(tmp_path / "a.skops").transform(X), pipeline.transform(X)
    )


def test_no_address_and_no_time_is_written(pipeline, tmp_path):
    skops_file.dump(pipeline, tmp_path / "a.skops")
    with zipfile.ZipFile(tmp_path / "a.skops") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        schema = archive.read("schema.json").decode()
        arrays = [name for name in archive.namelist() if name.endswith(".npy")]
    assert max(int(name.removesuffix(".npy")) for name in arrays) < 1000
    assert all(len(word) < 6 for word in schema.split() if word.isdigit())


def test_code_hidden_in_a_function_is_refused(tmp_path):
    evil = make_pipeline(FunctionTransformer(os.system))
    skops.io.dump(evil, tmp_path / "a.skops")
    with pytest.raises(RadbankError, match=r"refused.*system"):
        skops_file.load(tmp_path / "a.skops")


def test_a_type_swapped_in_afterwards_is_refused(pipeline, tmp_path):
    skops_file.dump(pipeline, tmp_path / "a.skops")
    with zipfile.ZipFile(tmp_path / "a.skops") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(members["schema.json"])
    scaler = schema["content"]["content"]["steps"]["content"][0]["content"][1]
    assert scaler["__class__"] == "StandardScaler"
    scaler.update(__class__="Popen", __module__="subprocess")
    members["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(tmp_path / "b.skops", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(RadbankError, match=r"refused.*Popen"):
        skops_file.load(tmp_path / "b.skops")


def test_a_damaged_file_is_refused(pipeline, tmp_path):
    skops_file.dump(pipeline, tmp_path / "a.skops")
    whole = (tmp_path / "a.skops").read_bytes()
    (tmp_path / "a.skops").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RadbankError, match="damaged"):
        skops_file.load(tmp_path / "a.skops")


def test_types_that_the_head_declares_are_trusted(tmp_path):
    skops_file.dump(make_pipeline(FunctionTransformer(np.fft.fft)), tmp_path / "a.skops")
    with pytest.raises(RadbankError, match=r"does not declare in trusted_types.*fft"):
        skops_file.load(tmp_path / "a.skops")
    loaded = skops_file.load(tmp_path / "a.skops", ["numpy.fft.fft"])
    assert loaded[0].func is np.fft.fft


def rewrite(path, change, **options):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def claim_a_trillion_numbers(members):
    name = next(name for name in members if name.endswith(".npy"))
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, header)
    members[name] = stream.getvalue()


def hold_objects(members):
    name = next(name for name in members if name.endswith(".npy"))
    stream = io.BytesIO()
    np.save(stream, np.array([{}], dtype=object))
    members[name] = stream.getvalue()


def lose_the_schema(members):
    del members["schema.json"]


def empty_the_schema(members):
    members["schema.json"] = b"{}"


def nest_the_schema(members):
    members["schema.json"] = b"[" * 200_000


def hold_another_file(members):
    members["code.pkl"] = b"cos\nsystem\n"


@pytest.mark.parametrize(
    "change",
    [
        claim_a_trillion_numbers,
        hold_objects,
        lose_the_schema,
        empty_the_schema,
        nest_the_schema,
        hold_another_file,
    ],
)
def test_an_altered_archive_is_one_sentence(pipeline, tmp_path, change):
    skops_file.dump(pipeline, tmp_path / "a.skops")
    rewrite(tmp_path / "a.skops", change)
    with pytest.raises(RadbankError, match=r"a\.skops is damaged .*train the head again"):
        skops_file.load(tmp_path / "a.skops")


def test_what_inflates_beyond_bounds_is_not_read(pipeline, tmp_path):
    skops_file.dump(pipeline, tmp_path / "a.skops")

    def inflate(members):
        members["9.npy"] = bytes(2**30 + 1)

    rewrite(tmp_path / "a.skops", inflate, compression=zipfile.ZIP_DEFLATED)
    assert (tmp_path / "a.skops").stat().st_size < 2**22
    tracemalloc.start()
    with pytest.raises(RadbankError, match="is damaged"):
        skops_file.load(tmp_path / "a.skops")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**24


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_whatever_is_altered_loads_or_is_one_sentence(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("skops") / "a.skops"
    skops_file.dump(make_pipeline(StandardScaler()).fit(np.arange(12.0).reshape(4, 3)), path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        skops_file.load(path)
    except RadbankError:
        return
