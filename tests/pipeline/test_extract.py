import hashlib
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch

from features import backbones
from features.store.store import open_store
from pipeline import extract
from pipeline.artifacts.cases import write_cases
from pipeline.paths import CASES, SPLITS
from radbank.errors import RadbankError

N = 6


def test_the_store_holds_images_coordinates_and_provenance(prepared, capsys):
    extract.main()
    with open_store(prepared.store) as store:
        assert store.embedding.shape == (6, 2, 512)
        assert store.id.values.tolist() == [f"image-{i:03d}" for i in range(N)]
        assert store.group.values.tolist() == [f"joined-{i}" for i in (0, 0, 1, 1, 2, 2)]
        assert store.label.values.tolist() == [0, 1] * 3
        assert store.split.values.tolist() == ["train"] * 4 + ["test"] * 2
        assert set(store.feature_layer.values.tolist()) == {"penultimate"}
        facts = store.attrs
    assert facts["data"] == "synthetic demo cohort (not patients)"
    assert facts["synthetic"] is True
    assert facts["weights"] == "random"
    assert facts["weights_random"] is True
    assert len(facts["weights_sha256"]) == 64
    assert facts["backbone"] == prepared.backbone
    assert facts["classes"] == ["Normal", "Opacity"]
    assert facts["image_size"] == 64
    assert facts["engine"] == "openvino"
    assert facts["device"] == "cpu"
    assert facts["precision"] in {"bf16", "fp32"}
    assert facts["batch_size"] is None
    assert 0.999 <= facts["fidelity"] <= 1
    assert facts["preprocessing"]["input_size"] == 224
    assert {"openvino", "torch"} <= set(facts["library_versions"])
    assert prepared.counts() == (2 * N, 0)
    printed = capsys.readouterr().out
    for words in (
        "weights: random",
        "synthetic demo cohort",
        "engine openvino in",
        "mean cosine to eager",
        "views/s on cpu",
    ):
        assert words in printed


def test_equal_runs_give_equal_bytes_and_no_trace_of_the_place(prepared, tmp_path):
    extract.main()
    other = prepared.elsewhere("other", range(N), bank=tmp_path / "another bank")
    extract.main()
    assert other.counts()[0] == 2 * N
    assert other.files() == prepared.files()
    assert str(tmp_path) not in (other.store / "zarr.json").read_text()


@pytest.fixture
def no_network(monkeypatch):
    """Let no network be built from now on."""

    def refuse():
        def load(*_arguments, **_settings):
            raise AssertionError("a network was built")

        monkeypatch.setattr("features.backbones.load", load)
        monkeypatch.setattr("features.backbones.identify", load)

    return refuse


def test_a_second_run_copies_from_the_bank_without_the_network(prepared, no_network, capsys):
    extract.main()
    first = prepared.files()
    shutil.rmtree(prepared.store)
    no_network()
    extract.main()
    assert prepared.files() == first
    assert prepared.counts() == (0, 2 * N)
    assert "0 embeddings computed, 12 from the bank" in capsys.readouterr().out


def test_a_second_project_reuses_them_too(prepared):
    extract.main()
    other = prepared.elsewhere("other", [3, 1])
    extract.main()
    assert other.counts()[0] == 0
    with open_store(prepared.folder / prepared.store) as first, open_store(other.store) as second:
        np.testing.assert_array_equal(second.embedding, first.embedding[[3, 1]])


def test_added_images_are_embedded_alone_and_give_the_bytes_of_a_full_run(prepared, tmp_path):
    prepared.write_images([0, 2, 5])
    extract.main()
    prepared.write_images(range(N))
    extract.main()
    assert prepared.counts() == (6, 6)
    full = prepared.elsewhere("full", range(N), bank=tmp_path / "empty bank")
    extract.main()
    assert full.counts()[0] == 2 * N
    assert full.files() == prepared.files()


def test_switching_back_computes_nothing(prepared, no_network):
    extract.main()
    first = prepared.files()
    prepared.write_params(engine="eager")
    extract.main()
    assert prepared.counts()[0] == 2 * N
    assert prepared.files() != first
    prepared.write_params()
    no_network()
    extract.main()
    assert prepared.counts()[0] == 0
    assert prepared.files() == first


def test_another_seed_draws_other_views_of_the_same_plain_embeddings(prepared, tmp_path):
    state = backbones.load(prepared.backbone, weights="random").module.state_dict()
    torch.save(state, tmp_path / "weights.pth")
    prepared.write_params(weights=str(tmp_path / "weights.pth"))
    extract.main()
    prepared.write_params(weights=str(tmp_path / "weights.pth"), seed=43)
    extract.main()
    assert prepared.counts() == (N, N)


@pytest.mark.parametrize("damage", ["cut", "flip", "delete"])
def test_damaged_blocks_are_computed_again(prepared, damage, capsys):
    extract.main()
    first = prepared.files()
    (block,) = prepared.blocks()
    content = bytearray(block.read_bytes())
    if damage == "cut":
        block.write_bytes(content[:-9])
    elif damage == "flip":
        content[-9] ^= 1
        block.write_bytes(content)
    else:
        block.unlink()
    extract.main()
    assert prepared.files() == first
    assert prepared.counts()[0] == 2 * N
    assert ("damaged and will be computed again" in capsys.readouterr().err) is (damage != "delete")
    assert hashlib.sha256(prepared.blocks()[0].read_bytes()).hexdigest() == block.stem


def test_a_network_that_is_not_what_it_was_is_refused_once(prepared, monkeypatch):
    monkeypatch.setenv("RADBANK_HOME", str(prepared.folder.parent / "home"))
    extract.main()
    prepared.write_images(range(N + 1))
    monkeypatch.setattr("features.backbones.sha256_tensors", lambda state: "f" * 64)
    with pytest.raises(RadbankError, match=f"weights of {prepared.backbone} changed"):
        extract.main()
    extract.main()  # as another network
    assert prepared.counts()[0] == 2 * (N + 1)


def test_a_run_that_computes_nothing_imports_no_torch(prepared):
    extract.main()
    program = (
        "import sys; from pipeline import extract; extract.main(); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "False"


def test_an_unfaithful_engine_stops_the_run_before_its_work(prepared, monkeypatch):
    monkeypatch.setattr("features.fidelity.fidelity", lambda *_: 0.99)
    with pytest.raises(RadbankError, match=r"mean cosine of 0\.990000 to eager fp32"):
        extract.main()
    assert not prepared.store.exists()
    assert not prepared.blocks()


def test_other_layers(prepared):
    prepared.write_params(layers=["features.3", "penultimate"], views=0)
    extract.main()
    with open_store(prepared.store) as store:
        assert store.feature_layer.values.tolist() == ["features.3"] * 128 + ["penultimate"] * 512


@pytest.mark.parametrize("which", [CASES, SPLITS])
def test_other_images_in_a_table_are_refused(prepared, which):
    if which == SPLITS:
        pd.read_csv(SPLITS).iloc[1:].to_csv(SPLITS, index=False)
    else:
        cases = extract.read_cases(CASES)
        write_cases(CASES, cases.frame.iloc[1:], cases.classes)
    with pytest.raises(RadbankError, match=rf"{which} and data/images.h5 are not of the same"):
        extract.main()
    assert not prepared.store.exists()
