import numpy as np
import pytest


@pytest.fixture(autouse=True)
def no_weights_of_this_machine(tmp_path, monkeypatch):
    """Hide the caches, the folder of weights and the network from every test."""
    monkeypatch.delenv("RADBANK_WEIGHTS", raising=False)
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hugging"))

    def offline(address, timeout):
        raise OSError("no network in tests")

    monkeypatch.setattr("urllib.request.urlopen", offline)


@pytest.fixture
def pixels():
    """Return ten grey images, smooth enough to survive a resize."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (10, 10, 10), dtype=np.uint8)
    return coarse.repeat(8, axis=1).repeat(8, axis=2)
