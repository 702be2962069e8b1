import argparse

import numpy as np
import pytest

from features.store.store import StoreCoords, write_store
from pipeline.commands import features
from pipeline.paths import feature_store
from radbank.errors import RadbankError

ATTRIBUTES = {
    "data": "real images",
    "synthetic": False,
    "classes": ["Normal", "Opacity"],
    "image_size": 320,
    "backbone": "tiny",
    "weights": "tiny-12345678",
    "weights_sha256": "12345678" * 8,
    "weights_random": False,
    "preprocessing": {
        "input_size": 224,
        "mean": [0.5, 0.5, 0.5],
        "std": [0.5, 0.5, 0.5],
        "interpolation": "bicubic",
    },
    "layers": ["penultimate"],
    "precision": "fp32",
    "engine": "eager",
    "device": "cpu",
    "library_versions": {"torch": "2.15.0"},
}


def write(path, **changes):
    plain = np.array([[3, 4, 0], [6, 8, 0], [0, 5, 0], [-3, -4, 0]], np.float32)
    write_store(
        path,
        [plain[:, None]],
        n_images=4,
        n_views=1,
        layer_of_feature=["penultimate"] * 3,
        coords=StoreCoords(
            id=["a", "b", "c", "d"],
            group=["p", "p", "q", "r"],
            label=[0, 1, 1, 0],
            split=["train", "train", "train", "test"],
        ),
        attributes=ATTRIBUTES | changes,
    )


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command in a new folder and gives what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    parser = argparse.ArgumentParser()
    features.add_parser(parser.add_subparsers())

    def run(*arguments):
        chosen = parser.parse_args(["features", *arguments])
        chosen.handler(chosen)
        return capsys.readouterr().out

    return run


def test_shows_shape_provenance_counts_and_statistics(run):
    write(feature_store("tiny"))
    printed = run("tiny")
    rows = [" ".join(row.split()) for row in printed.splitlines()]
    assert "shape 4 images, 1 views, 3 features" in rows
    assert f"weights tiny-12345678, sha256 {ATTRIBUTES['weights_sha256']}" in rows
    assert "computed by eager engine, fp32, cpu" in rows
    assert "norms 5 to 10, median 5" in rows
    assert "dead features 1 of 3" in rows
    assert "split Normal Opacity images patients" in rows
    assert "train 1 2 3 2" in rows
    assert "test 1 0 1 1" in rows
    assert "SYNTHETIC" not in printed
    assert "RANDOM" not in printed


def test_a_path_works_too_and_cautions_come_first(run, tmp_path):
    write(tmp_path / "mine.zarr", synthetic=True, weights_random=True, weights="random")
    first, second, *_ = run("mine.zarr").splitlines()
    assert first.startswith("SYNTHETIC IMAGES")
    assert second.startswith("RANDOM WEIGHTS")


def test_neighbours(run):
    write(feature_store("tiny"))
    rows = [row.split() for row in run("tiny", "--neighbours", "a", "--count", "2").splitlines()]
    assert rows[-2:] == [
        ["b", "1.0000", "Opacity", "train", "p"],
        ["c", "0.8000", "Opacity", "train", "q"],
    ]


def test_an_unknown_image_or_store_is_refused(run):
    with pytest.raises(RadbankError, match=r"there are none in data/features"):
        run("tiny")
    write(feature_store("tiny"))
    with pytest.raises(RadbankError, match=r"there are tiny; .*-S backbone=resnet50"):
        run("resnet50")
    with pytest.raises(RadbankError, match="no image 'z'"):
        run("tiny", "--neighbours", "z")


def test_a_store_travels_to_a_url_and_is_shown_from_there(run, s3, tmp_path):
    write(feature_store("tiny"))
    url = f"{s3}/{tmp_path.name}/tiny.zarr"
    copied, shown = run("tiny", "--to", url), run(url)
    assert copied == shown
    rows = [" ".join(row.split()) for row in shown.splitlines()]
    assert f"store {url}" in rows
    assert "shape 4 images, 1 views, 3 features" in rows
    with pytest.raises(RadbankError, match="no feature store s3://"):
        run(f"{s3}/none.zarr")


def test_a_copy_replaces_a_store_and_nothing_else(run, tmp_path):
    write(feature_store("tiny"))
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("three years")
    with pytest.raises(RadbankError, match=r"--to is .*mine, which exists and is no output"):
        run("tiny", "--to", str(mine))
    assert (mine / "thesis.txt").is_file()
    for _ in range(2):
        run("tiny", "--to", str(tmp_path / "copy.zarr"))
    assert (tmp_path / "copy.zarr" / "zarr.json").is_file()


def test_help_has_an_example(run, capsys):
    with pytest.raises(SystemExit):
        run("--help")
    assert "examples:\n  radbank features" in capsys.readouterr().out
