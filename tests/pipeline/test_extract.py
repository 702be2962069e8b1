import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from ruamel.yaml import YAML

from features import backbones
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


def write_params(seed=42, weights="random", **changes):
    yaml = YAML()
    content = yaml.load(ROOT / "params.yaml")
    features = content["features"] | {"batch_size": 4, "views": 1}
    content |= {"backbone": BACKBONE, "weights": weights, "seed": seed}
    yaml.dump(content | {"features": features | changes}, Path("params.yaml"))


@pytest.fixture
def bank(tmp_path, monkeypatch):
    """Return the folder of a bank of this test's own."""
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "bank"))
    return tmp_path / "bank"


@pytest.fixture
def project(bank, tmp_path, monkeypatch):
    """Make a folder with six prepared images the current one."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write_params()
    write_inputs(range(N))
    return folder


def write_inputs(numbers):
    """Write cases, images and splits of some images, as the stages before leave them."""
    ids = [f"image-{i:03d}" for i in numbers]
    cases = pd.DataFrame(
        {
            "id": ids,
            "group": [f"patient-{i // 2}" for i in numbers],
            "path": [f"{name}.dcm" for name in ids],
            "label": [i % 2 for i in numbers],
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
    write_images(IMAGES, ids, (pixels(i) for i in numbers), 64, True)
    splits = cases[["id"]].assign(
        group=[f"joined-{i // 2}" for i in numbers],
        split=["train" if i < 4 else "test" for i in numbers],
        fold=-1,
    )
    splits.to_csv(SPLITS, index=False)


def pixels(number):
    return np.random.default_rng(number).integers(0, 256, (64, 64), dtype=np.uint8)


def test_the_store_holds_images_coordinates_and_provenance(project, capsys):
    extract.main()
    with open_store(STORE) as store:
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
    assert facts["backbone"] == BACKBONE
    assert facts["classes"] == ["Normal", "Opacity"]
    assert facts["image_size"] == 64
    assert facts["engine"] == "eager"
    assert facts["preprocessing"]["input_size"] == 224
    assert "torch" in facts["library_versions"]
    cost = json.loads(Path("metrics/cost/extract.json").read_text())
    assert cost["images"] == N
    assert (cost["computed"], cost["reused"]) == (2 * N, 0)
    assert cost["seconds_without_bank"] == cost["seconds"]
    printed = capsys.readouterr().out
    for words in ("weights: random", "synthetic demo cohort", "engine eager (auto)", "images/s"):
        assert words in printed


def hashes(store=STORE):
    return {
        str(file.relative_to(store)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in store.rglob("*")
        if file.is_file()
    }


def cost():
    return json.loads(Path("metrics/cost/extract.json").read_text())


def blocks_in(bank):
    return sorted(bank.rglob("*.safetensors"))


def in_another_project(project, *, numbers=range(N), bank=None):
    """Go to another folder with the same settings, and perhaps another bank."""
    folder = project.parent / f"other-{len(list(project.parent.iterdir()))}"
    folder.mkdir()
    os.chdir(folder)
    shutil.copy(project / "params.yaml", "params.yaml")
    write_inputs(numbers)
    if bank is not None:
        os.environ["RADBANK_BANK"] = str(folder / bank)
    return folder


def test_equal_runs_give_equal_bytes_and_no_trace_of_the_place(project):
    extract.main()
    first = hashes()
    in_another_project(project, bank="bank")
    extract.main()
    assert cost()["computed"] == 2 * N
    assert hashes() == first
    assert str(project.parent) not in (STORE / "zarr.json").read_text()


@pytest.fixture
def no_network(monkeypatch):
    """Let no network be built from now on."""

    def refuse():
        def load(*_arguments, **_settings):
            raise AssertionError("a network was built")

        monkeypatch.setattr("features.backbones.load", load)
        monkeypatch.setattr("features.backbones.identify", load)

    return refuse


def test_a_second_run_copies_from_the_bank_without_the_network(project, no_network, capsys):
    extract.main()
    first = hashes()
    shutil.rmtree(STORE)
    no_network()
    extract.main()
    assert hashes() == first
    assert (cost()["computed"], cost()["reused"]) == (0, 2 * N)
    assert cost()["seconds_without_bank"] > cost()["seconds"]
    assert "0 embeddings computed, 12 from the bank" in capsys.readouterr().out


def test_a_second_project_reuses_them_too(project, no_network):
    extract.main()
    no_network()
    in_another_project(project, numbers=[3, 1])
    extract.main()
    with open_store(project / STORE) as first, open_store(STORE) as second:
        np.testing.assert_array_equal(second.embedding, first.embedding[[3, 1]])


def test_added_images_are_embedded_alone_and_give_the_bytes_of_a_full_run(project):
    write_inputs([0, 2, 5])
    extract.main()
    write_inputs(range(N))
    extract.main()
    assert (cost()["computed"], cost()["reused"]) == (6, 6)
    incremental = hashes()
    in_another_project(project, bank="bank")
    extract.main()
    assert cost()["computed"] == 2 * N
    assert hashes() == incremental


def test_switching_back_computes_nothing(project, no_network):
    extract.main()
    first = hashes()
    write_params(precision="bf16")
    extract.main()
    assert cost()["computed"] == 2 * N
    assert hashes() != first
    write_params()
    no_network()
    extract.main()
    assert cost()["computed"] == 0
    assert hashes() == first


def test_another_seed_draws_other_views_of_the_same_plain_embeddings(project, tmp_path):
    state = backbones.load(BACKBONE, weights="random").module.state_dict()
    torch.save(state, tmp_path / "weights.pth")
    write_params(weights=str(tmp_path / "weights.pth"))
    extract.main()
    write_params(weights=str(tmp_path / "weights.pth"), seed=43)
    extract.main()
    assert (cost()["computed"], cost()["reused"]) == (N, N)


@pytest.mark.parametrize("damage", ["cut", "flip", "delete"])
def test_damaged_blocks_are_computed_again(project, bank, damage, capsys):
    extract.main()
    first = hashes()
    (block,) = blocks_in(bank)
    content = bytearray(block.read_bytes())
    if damage == "cut":
        block.write_bytes(content[:-9])
    elif damage == "flip":
        content[-9] ^= 1
        block.write_bytes(content)
    else:
        block.unlink()
    extract.main()
    assert hashes() == first
    assert cost()["computed"] == 2 * N
    assert ("damaged and will be computed again" in capsys.readouterr().err) is (damage != "delete")
    assert hashlib.sha256(blocks_in(bank)[0].read_bytes()).hexdigest() == block.stem


def test_a_network_that_is_not_what_it_was_is_refused_once(project, bank, monkeypatch):
    monkeypatch.setenv("RADBANK_HOME", str(project.parent / "home"))
    extract.main()
    write_inputs(range(N + 1))
    monkeypatch.setattr("features.backbones.sha256_tensors", lambda state: "f" * 64)
    with pytest.raises(RadbankError, match=f"weights of {BACKBONE} changed"):
        extract.main()
    extract.main()  # as another network
    assert cost()["computed"] == 2 * (N + 1)


def test_a_run_that_computes_nothing_imports_no_torch(project):
    extract.main()
    program = (
        "import sys; from pipeline import extract; extract.main(); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "False"


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


# A network of our own, slow enough to be killed at work, that says what it has embedded.
SLOW = """
import time
import numpy as np
from pipeline import extract
from pipeline.embeddings import Embeddings
from pipeline.stage import run

class Slow:
    batch_size = 16

    def __call__(self, batches):
        for batch in batches:
            time.sleep(0.02)
            with open("embedded.log", "a") as log:
                print(len(batch), file=log)
            yield batch[:, 0, :8].astype(np.float32)

Embeddings._embedder = Slow()
Embeddings._widths = [8]
run(extract.main)
"""
MANY = 200  # images, each in two views: four blocks


def start_slow(**environment):
    return subprocess.Popen(
        [sys.executable, "-c", SLOW],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    message = process.communicate()[1]
    assert process.returncode == 0, message


def embedded():
    return sum(map(int, Path("embedded.log").read_text().split()))


@pytest.fixture
def slow(project):
    """Return the files of the store of many images, made by one undisturbed run."""
    write_inputs(range(MANY))
    finish(start_slow(RADBANK_BANK=str(project.parent / "undisturbed")))
    whole = hashes()
    shutil.rmtree(STORE)
    Path("embedded.log").unlink()
    return whole


def test_killed_runs_resume_with_the_same_bytes_and_lose_at_most_a_block(slow, bank):
    rng = np.random.default_rng(0)
    for _ in range(3):
        process = start_slow()
        while not Path("embedded.log").exists():
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        resumed = start_slow()
        finish(resumed)
        assert hashes() == slow
        assert 2 * MANY <= embedded() <= 2 * MANY + 128
        shutil.rmtree(bank)
        shutil.rmtree(STORE)
        Path("embedded.log").unlink()


def test_two_runs_at_once_on_one_bank(slow, bank, project):
    """With what a process that was killed leaves behind."""
    leftovers = bank / "0badcafe" / "blocks"
    leftovers.mkdir(parents=True)
    (leftovers / f".{'0' * 64}.safetensors.0badcafe.partial").write_bytes(b"half")
    (bank / "bank.lock").write_text("process 4242 on a host that is gone")
    first = start_slow()
    in_another_project(project, numbers=range(MANY))
    second = start_slow()
    finish(first)
    finish(second)
    assert hashes() == hashes(project / STORE) == slow
    for block in blocks_in(bank):
        assert hashlib.sha256(block.read_bytes()).hexdigest() == block.stem
    third = start_slow()
    Path("embedded.log").unlink()
    finish(third)
    assert not Path("embedded.log").exists()


@pytest.fixture
def small_disk(tmp_path):
    """Return a function that makes a file system of some KiB."""
    folder = tmp_path / "small"
    folder.mkdir()

    def make(size):
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(folder)]
        try:
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a small file system can be mounted by root on Linux only")
        return folder

    yield make
    if folder.is_mount():
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_under_the_bank(slow, small_disk):
    disk = small_disk(48)  # two blocks of four
    process = start_slow(RADBANK_BANK=str(disk / "bank"))
    message = process.communicate()[1]
    assert process.returncode == 1
    assert "no room for another block in the bank" in message
    assert "Traceback" not in message
    left = [path for path in (disk / "bank").rglob("*") if path.is_file()]
    blocks = [path for path in left if path.suffix == ".safetensors"]
    assert blocks
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.stem for path in blocks)
    assert not [path for path in left if path.name.endswith(".partial")]
    assert not STORE.exists()


def test_a_full_disk_under_the_store(slow, small_disk, bank):
    disk = small_disk(1024)
    Path("data/features").rmdir()
    Path("data/features").symlink_to(disk)
    (disk / "ballast").write_bytes(bytes(1000 * 1024))
    process = start_slow()
    message = process.communicate()[1]
    assert process.returncode == 1
    assert f"no room for {STORE}:" in message
    assert "Traceback" not in message
    assert [path.name for path in disk.iterdir()] == ["ballast"]
    (disk / "ballast").unlink()
    Path("embedded.log").unlink()
    finish(start_slow())
    assert not Path("embedded.log").exists()
    assert hashes() == slow
