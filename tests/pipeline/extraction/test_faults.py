"""Extraction killed, run twice at once, and out of room."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

# A network of our own, slow enough to be killed at work, that says what it has embedded.
SLOW = """
import time
import numpy as np
from pipeline import extract
from pipeline.extraction.embeddings import Embeddings
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
Embeddings.fidelity = 1.0
run(extract.main)
"""
MANY = 200  # images, each in two views: four blocks


def start_slow(folder=None, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", SLOW],
        cwd=folder,
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


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, in_project):
    """Return the files of the store of many images, made by one undisturbed run."""
    with in_project(tmp_path_factory.mktemp("undisturbed")) as project:
        project.write_images(range(MANY))
        finish(start_slow())
        return project.files()


@pytest.fixture
def slow(undisturbed, prepared):
    """Write the many images; return the files that their store must have."""
    prepared.write_images(range(MANY))
    return undisturbed


def test_killed_runs_resume_with_the_same_bytes_and_lose_at_most_a_block(slow, prepared):
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
        assert prepared.files() == slow
        assert 2 * MANY <= embedded() <= 2 * MANY + 128
        shutil.rmtree(prepared.bank)
        shutil.rmtree(prepared.store)
        Path("embedded.log").unlink()


def test_two_runs_at_once_on_one_bank(slow, prepared):
    """With what a process that was killed leaves behind."""
    leftovers = prepared.bank / "0badcafe" / "blocks"
    leftovers.mkdir(parents=True)
    (leftovers / f".{'0' * 64}.safetensors.0badcafe.partial").write_bytes(b"half")
    (prepared.bank / "bank.lock").write_text("process 4242 on a host that is gone")
    other = prepared.elsewhere("other", range(MANY))
    first, second = start_slow(prepared.folder), start_slow(other.folder)
    finish(first)
    finish(second)
    assert other.files() == prepared.files() == slow
    for block in prepared.blocks():
        assert hashlib.sha256(block.read_bytes()).hexdigest() == block.stem
    Path("embedded.log").unlink(missing_ok=True)
    finish(start_slow())
    assert not Path("embedded.log").exists()


def test_a_full_disk_under_the_bank(slow, small_disk, prepared):
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
    assert not prepared.store.exists()


def test_a_full_disk_under_the_store(slow, small_disk, prepared):
    disk = small_disk(1024)
    Path("data/features").symlink_to(disk)
    (disk / "ballast").write_bytes(bytes(1000 * 1024))
    process = start_slow()
    message = process.communicate()[1]
    assert process.returncode == 1
    assert f"no room for {prepared.store}:" in message
    assert "Traceback" not in message
    assert [path.name for path in disk.iterdir()] == ["ballast"]
    (disk / "ballast").unlink()
    Path("embedded.log").unlink()
    finish(start_slow())
    assert not Path("embedded.log").exists()
    assert prepared.files() == slow
