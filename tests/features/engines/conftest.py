import pytest

from features.backbones import load


@pytest.fixture(scope="session")
def backbone():
    return load("timm:test_efficientnet", weights="random", seed=0)
