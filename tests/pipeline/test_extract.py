import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from features.store import open_store
from pipeline import extract
from pipeline.cases import write_cases
from pipeline.imaging.store import write_images
from pipeline.paths import CASES, IMAGES, SPLITS
from radbank.errors import RadbankError

ROOT = Path(__file__).resolve().parents[2]
BACKBONE = "squeezenet1_1"
STORE = Path(f"data/features/{BACKBONE}.zarr")
N = 6


def write_params(**changes):
    yaml = YAML()
    content = yaml.load(ROOT / "params.yaml")
    features = content["features"] | {"batch_size": 4, "views": 1}
    content |= {"backbone": BACKBONE, "weights": "random", "features": features | changes}
    yaml.dump(content, Path("params.yaml"))


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Make a folder with six prepared images the current one."""
    monkeypatch.chdir(tmp_path)
    write_params()
    ids = [f"image-{i}" for i in range(N)]
    cases = pd.DataFrame(
        {
            "id": ids,
            "group": [f"patient-{i // 2}" for i in range(N)],
            "path": [f"{name}.dcm" for name in ids],
            "label": [0, 1] * (N // 2),
            **dict.fromkeys(
                ("finding", "boxes", "sex", "age", "view", "modality", "official_split")
            ),
            "height": 64,
            "width": 64,
            "sha256": "0" * 64,
            "synthetic": True,
        }
    )
    write_cases(CASES, cases, ("Normal", "Opacity"))
    pixels = np.random.default_rng(0).integers(0, 256, (N, 64, 64), dtype=np.uint8)
    write_images(IMAGES, ids, iter(pixels), 64, True)
    splits = cases[["id"]].assign(
        group=["joined", "joined", "b", "b", "c", "c"], split=["train"] * 4 + ["test"] * 2, fold=-1
    )
    splits.to_csv(SPLITS, index=False)
    return tmp_path


def test_the_store_holds_images_coordinates_and_provenance(project, capsys):
    extract.main()
    with open_store(STORE) as store:
        assert store.embedding.shape == (6, 2, 512)
        assert store.id.values.tolist() == [f"image-{i}" for i in range(N)]
        assert store.group.values.tolist() == ["joined", "joined", "b", "b", "c", "c"]
        assert store.label.values.tolist() == [0, 1] * 3
        assert store.split.values.tolist() == ["train"] * 4 + ["test"] * 2
        assert set(store.feature_layer.values.tolist()) == {"penultimate"}
        facts = store.attrs
    assert facts["data"] == "synthetic demo cohort (not patients)"
    assert facts["synthetic"] is True
    assert facts["weights"] == "random"
    assert facts["weights_random"] is True
    assert len(facts["weights_sha256"]) == 64
    assert facts["backbone"] == BACKBONE
    assert facts["classes"] == ["Normal", "Opacity"]
    assert facts["image_size"] == 64
    assert facts["engine"] == "openvino"
    assert facts["device"] == "cpu"
    assert facts["precision"] in {"bf16", "fp32"}
    assert facts["batch_size"] is None
    assert 0.999 <= facts["fidelity"] <= 1
    assert facts["preprocessing"]["input_size"] == 224
    assert "torch" in facts["library_versions"]
    cost = json.loads(Path("metrics/cost/extract.json").read_text())
    assert cost["images"] == N
    assert (cost["computed"], cost["reused"]) == (2 * N, 0)
    assert cost["seconds_without_bank"] == cost["seconds"]
    printed = capsys.readouterr().out
    for words in (
        "weights: random",
        "synthetic demo cohort",
        "engine openvino in",
        "mean cosine to eager",
        "images/s",
    ):
        assert words in printed


def hashes():
    return {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in STORE.rglob("*")
        if file.is_file()
    }


def test_equal_runs_give_equal_bytes_and_no_trace_of_the_place(project):
    extract.main()
    first = hashes()
    extract.main()
    assert hashes() == first
    assert str(project) not in (STORE / "zarr.json").read_text()


def test_fidelity_is_remembered_so_that_a_warm_run_loads_no_network(project, monkeypatch):
    extract.main()
    first = hashes()

    def load(*_args, **_options):
        raise AssertionError("the network is loaded")

    monkeypatch.setattr("features.backbones.load", load)
    extract.main()
    assert hashes() == first


def test_an_unfaithful_engine_stops_the_run_before_its_work(project, monkeypatch):
    home = project / "home"
    monkeypatch.setenv("RADBANK_HOME", str(home))
    monkeypatch.setattr("features.fidelity.fidelity", lambda *_: 0.99)
    with pytest.raises(RadbankError, match=r"mean cosine of 0\.990000 to eager fp32"):
        extract.main()
    assert not STORE.exists()
    assert not list(home.rglob("*.safetensors"))


def test_other_layers(project):
    write_params(layers=["features.3", "penultimate"], views=0)
    extract.main()
    with open_store(STORE) as store:
        assert store.feature_layer.values.tolist() == ["features.3"] * 128 + ["penultimate"] * 512


@pytest.mark.parametrize("which", [CASES, SPLITS])
def test_other_images_in_a_table_are_refused(project, which):
    if which == SPLITS:
        pd.read_csv(SPLITS).iloc[1:].to_csv(SPLITS, index=False)
    else:
        cases = extract.read_cases(CASES)
        write_cases(CASES, cases.frame.iloc[1:], cases.classes)
    with pytest.raises(RadbankError, match=rf"{which} and data/images.h5 are not of the same"):
        extract.main()
    assert not STORE.exists()
