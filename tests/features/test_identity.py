import json

import pytest
import torch

from features import backbones
from features.identity import forget, identify
from radbank.errors import RadbankError

NAME = "squeezenet1_1"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "mine.pth"
    torch.save(backbones.load(NAME, weights="random", seed=1).module.state_dict(), path)
    return path


@pytest.fixture
def no_building(monkeypatch):
    def refuse():
        def identify(*_arguments, **_settings):
            raise AssertionError("the backbone was asked again")

        monkeypatch.setattr("features.backbones.identify", identify)

    return refuse


def test_it_is_what_loading_finds_and_is_remembered(weights, no_building):
    known = {each: identify(NAME, weights=each, seed=3) for each in ("random", str(weights))}
    no_building()
    for each, identity in known.items():
        loaded = backbones.load(NAME, weights=each, seed=3)
        assert identity.weights == loaded.weights
        assert identity.preprocessing == loaded.preprocessing
        assert identify(NAME, weights=each, seed=3) == identity
    with pytest.raises(AssertionError):
        identify(NAME, weights="random", seed=4)


def test_a_changed_file_is_another_identity(weights):
    first = identify(NAME, weights=str(weights), seed=0)
    torch.save(backbones.load(NAME, weights="random", seed=2).module.state_dict(), weights)
    second = identify(NAME, weights=str(weights), seed=0)
    assert first.weights.sha256 != second.weights.sha256
    weights.unlink()
    with pytest.raises(RadbankError, match="no such file"):
        identify(NAME, weights=str(weights), seed=0)


def test_a_damaged_or_forgotten_memory_is_made_anew(home, weights, no_building):
    first = identify(NAME, weights=str(weights), seed=0)
    (memory,) = home.rglob("*.json")
    for damage in ("", "{}", "[]", json.dumps({"identity": {"backbone": 3}, "file": None})):
        memory.write_text(damage)
        assert identify(NAME, weights=str(weights), seed=0) == first
    forget(NAME, weights=str(weights), seed=0)
    assert not memory.exists()


def test_a_home_that_cannot_be_written_only_costs_time(home, weights):
    home.write_text("a file where the folder should be")
    assert identify(NAME, weights=str(weights), seed=0).weights.name == "mine.pth (not verified)"


def test_what_nothing_pins_is_asked_each_time(monkeypatch, tmp_path, home):
    # timm's files on the hub have no checksum in their names
    name = "timm:test_vit.r160_in1k"
    state = backbones.load(name, weights="random").module.state_dict()
    file = tmp_path / "weights" / "test_vit.r160_in1k.safetensors"
    file.parent.mkdir()
    torch.save(state, file)
    monkeypatch.setenv("RADBANK_WEIGHTS", str(file.parent))
    assert (
        identify(name, weights="imagenet", seed=0).weights.name
        == "test_vit.r160_in1k (not verified)"
    )
    assert not list(home.rglob("*.json"))
