import argparse
import json
import shutil
from pathlib import Path

import pytest

from pipeline.commands import estimate
from pipeline.extraction import estimation
from pipeline.extraction.estimation import ExtractionEstimate
from radbank.errors import RadbankError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command in a new project and gives what it printed."""
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "bank"))
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    monkeypatch.delenv("RADBANK_WEIGHTS", raising=False)
    parser = argparse.ArgumentParser()
    estimate.add_parser(parser.add_subparsers())

    def run(*arguments):
        chosen = parser.parse_args(["estimate", *arguments])
        chosen.handler(chosen)
        return capsys.readouterr().out

    return run


@pytest.fixture
def measured(monkeypatch):
    """Give figures without measuring any."""

    def invent(params, *, n_images):
        return ExtractionEstimate(
            backbone=params.backbone,
            weights=params.weights,
            engine="eager",
            precision="fp32",
            device="cpu",
            features=1280,
            image_views=2 * n_images,
            to_compute=2 * n_images - 4,
            startup_seconds=10.0,
            rate=20.0,
            slow=10.0,
            fast=40.0,
            bank_bytes=3_100_000,
            store_bytes=2_900_000,
            memory_bytes=1_440_000_000,
        )

    monkeypatch.setattr(estimation, "estimate", invent)


def test_a_real_measurement_in_a_process_of_its_own(run):
    printed = run("--backbones", "squeezenet1_1", "--images", "500", "--weights", "random")
    assert "squeezenet1_1" in printed
    assert "500 images with 1 augmented views each: 1,000 image views, on cpu." in printed
    assert "RANDOM WEIGHTS, which take as long: squeezenet1_1" in printed


def test_table_of_several(run, measured):
    printed = run("--backbones", "efficientnet_lite0,resnet50", "--images", "602")
    rows = [" ".join(row.split()) for row in printed.splitlines()]
    figures = "eager, fp32 20.0 70 s 40 s and 2 min 2.96 MiB 2.77 MiB 1.34 GiB"
    assert f"efficientnet_lite0 {figures}" in rows
    assert f"resnet50 {figures}" in rows
    assert "resnet50: the bank already has 4 of them." in rows
    assert "RANDOM WEIGHTS, which take as long: resnet50 (" in printed


def test_json(run, measured):
    (one,) = json.loads(run("--images", "602", "--json"))
    assert (one["backbone"], one["weights"]) == ("efficientnet_lite0", "imagenet")
    assert (one["seconds_low"], one["seconds"], one["seconds_high"]) == (40.0, 70.0, 130.0)
    assert one["memory_bytes"] == 1_440_000_000


def test_what_cannot_be_estimated(run):
    with pytest.raises(RadbankError, match="--images NUMBER"):
        run()
    with pytest.raises(RadbankError, match="--images is 0"):
        run("--images", "0")
    with pytest.raises(RadbankError, match="did you mean resnet50"):
        run("--images", "9", "--backbones", "resnet51")


def test_help_has_an_example(run, capsys):
    with pytest.raises(SystemExit):
        run("--help")
    assert "examples:\n  radbank estimate" in capsys.readouterr().out
