import os
import time

import numpy as np
import pytest

from features.bank.bank import Bank
from features.computation import Computation
from features.preprocessing import Preprocessing
from pipeline import cli
from pipeline.commands.bank import parse_size

MODEL = Computation(
    backbone="tiny",
    weights_sha256="12345678" * 8,
    preprocessing=Preprocessing(
        input_size=8, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), interpolation="bicubic"
    ),
    layers=("penultimate",),
    engine="eager",
    precision="bf16",
    device="cpu",
    batch_size=16,
)
DAYS = 24 * 3600


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return a bank with two blocks of one computation, last used three and two days ago."""
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "bank"))
    monkeypatch.setenv("COLUMNS", "160")
    cached = Bank().cached(MODEL, libraries={})
    cached.about.remember_widths([2])
    for start, days in ((0, 3), (3, 2)):
        before = set(blocks_in(tmp_path))
        keys = [f"{i:064x}" for i in range(start, start + 3)]
        cached.put([*keys, f"{keys[0]}+{'0' * 16}"], np.zeros((4, 2), np.float32))
        (block,) = set(blocks_in(tmp_path)) - before
        used = time.time() - days * DAYS
        os.utime(block, (used, used))
    return tmp_path / "bank"


def blocks_in(folder):
    """Return the blocks, the longest unused first."""
    return sorted(folder.rglob("*.safetensors"), key=lambda block: block.stat().st_mtime)


@pytest.fixture
def run(capsys):
    """Return a function that runs the command, and gives what it printed and its exit status."""

    def run(*arguments):
        try:
            cli.main(["bank", *arguments])
            code = 0
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        return " ".join((printed.out + printed.err).split()), code

    return run


def test_lists_computations_images_and_sizes(place, run):
    printed, code = run()
    assert code == 0
    assert printed.startswith(f"The bank is {place}")
    assert "tiny eager, bf16, cpu 6 8 " in printed
    assert " 2 days ago 123456781234, penultimate" in printed
    assert printed.endswith("kiB in all")


def test_a_computation_that_nothing_is_known_of(place, run):
    (about,) = place.glob("*/computation.json")
    about.unlink()
    assert f"{MODEL.digest[:12]} not known 6 8 " in run()[0]


def test_an_empty_bank(run, tmp_path, monkeypatch):
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "none"))
    assert "holds nothing yet: `dvc repro extract` fills it" in run()[0]
    assert run("verify")[0] == "0 blocks, 0 B: all are what their checksums say"
    assert not (tmp_path / "none").exists()


def test_verify_says_that_all_is_well_or_names_the_damaged(place, run):
    printed, code = run("verify")
    assert (printed.startswith("2 blocks, 1."), code) == (True, 0)
    block = blocks_in(place)[0]
    block.write_bytes(block.read_bytes()[:-1])
    printed, code = run("verify")
    assert code == 1
    assert f"damaged: {MODEL.digest}/blocks/{block.name} (" in printed
    assert f"error: 1 of 2 blocks in {place} are damaged" in printed


def test_prune_keeps_the_last_used(place, run):
    first, last = blocks_in(place)
    printed, code = run("prune", "--to", f"{last.stat().st_size}")
    assert code == 0
    assert printed.startswith("deleted 1 blocks, ")
    assert blocks_in(place) == [last]
    assert run("prune", "--to", "1GB")[0].startswith("deleted 0 blocks, 0 B; ")
    assert not first.exists()


def test_what_cannot_be_is_refused(place, run, monkeypatch):
    for size in ("much", "", "GB", "-1GB", "1,000", "10 GB more", "1e999"):
        refused = f"{size!r} is no size: write one such as 10GB"
        assert refused in run("prune", f"--to={size}")[0]
    assert len(blocks_in(place)) == 2
    monkeypatch.setenv("RADBANK_BANK", "relative/bank")
    printed, code = run()
    assert code == 1
    assert "RADBANK_BANK is 'relative/bank': set it to an absolute path" in printed
    monkeypatch.setenv("RADBANK_BANK", "nowhere://bank")
    assert "nowhere://bank cannot be reached" in run()[0]


@pytest.mark.parametrize(
    ("text", "size"),
    [("10GB", 10**10), ("1.5 TB", 15 * 10**11), ("500mb", 5 * 10**8), ("2GiB", 2**31), ("7", 7)],
)
def test_sizes_as_people_write_them(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("action", [["verify"], ["prune"]])
def test_help_has_an_example(run, action):
    printed, code = run(*action, "--help")
    assert code == 0
    assert f"example: radbank bank {action[0]}" in printed
