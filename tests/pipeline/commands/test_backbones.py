import argparse
from pathlib import Path

import pytest

from pipeline.commands import backbones
from radbank.errors import RadbankError


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command and gives what it printed."""
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    monkeypatch.delenv("RADBANK_WEIGHTS", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    parser = argparse.ArgumentParser()
    backbones.add_parser(parser.add_subparsers())

    def run(*arguments):
        chosen = parser.parse_args(["backbones", *arguments])
        chosen.handler(chosen)
        return capsys.readouterr().out

    return run


def line(printed, name):
    row = next(row for row in printed.splitlines() if row.strip().startswith(name))
    return " ".join(row.split())


def test_lists_width_size_and_where_the_weights_are(run, tmp_path):
    printed = run()
    assert line(printed, "efficientnet_lite0").endswith(" 224 1280 3.4 M in the package")
    assert line(printed, "inception_v3").endswith(" 299 2048 21.8 M not here")
    assert "resnet18" not in printed
    (tmp_path / "checkpoints").mkdir()
    Path(tmp_path / "checkpoints" / "vgg19-dcbb9e9d.pth").touch()
    assert line(run("vgg19"), "vgg19").endswith(" in the hub cache")


def test_weights_in_the_folder_of_the_variable(run, tmp_path, monkeypatch):
    monkeypatch.setenv("RADBANK_WEIGHTS", str(tmp_path))
    (tmp_path / "resnet18-f37072fd.pth").touch()
    assert line(run("resnet18"), "resnet18").endswith(" in the RADBANK_WEIGHTS folder")


def test_all_names_the_others_too(run):
    assert "resnet18" in run("--all", "efficientnet_lite0")


def test_an_unknown_name_is_refused(run):
    with pytest.raises(RadbankError, match="did you mean resnet50"):
        run("resnet51")


def test_help_has_an_example(run, capsys):
    with pytest.raises(SystemExit):
        run("--help")
    assert "examples:\n  radbank backbones" in capsys.readouterr().out
