import os

import numpy as np
import pytest

from features.bank.bank import Bank
from pipeline.artifacts.images import open_images, write_images
from pipeline.extraction import estimation
from pipeline.extraction.embeddings import Embeddings
from pipeline.extraction.estimation import ExtractionEstimate, count_images, estimate, measure
from pipeline.paths import IMAGES
from radbank.errors import RadbankError

WIDTH = 512  # of squeezenet1_1
N = 6


@pytest.fixture
def tiny(params, tmp_path, monkeypatch):
    """Return settings of a small network, in a folder and with a bank of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RADBANK_BANK", str(tmp_path / "bank"))
    monkeypatch.setattr(estimation, "_SECONDS", 0.2)
    features = params.features.model_copy(update={"batch_size": 4, "views": 1})
    prepare = params.prepare.model_copy(update={"size": 64})
    return params.model_copy(
        update={
            "backbone": "squeezenet1_1",
            "weights": "random",
            "features": features,
            "prepare": prepare,
        }
    )


def prepared():
    pixels = np.random.default_rng(0).integers(0, 256, (N, 64, 64), dtype=np.uint8)
    write_images(IMAGES, [f"image-{i}" for i in range(N)], iter(pixels), 64, True)


def test_figures_of_noise(tiny):
    found = measure(tiny, 10_000, asked=0.0)
    assert (found.backbone, found.weights, found.device) == ("squeezenet1_1", "random", "cpu")
    assert found.image_views == found.to_compute == 20_000
    assert found.features == WIDTH
    assert 0 < found.slow <= found.rate <= found.fast
    assert found.store_bytes == 20_000 * WIDTH * 4
    assert found.bank_bytes == pytest.approx(20_000 * (WIDTH * 4 + 80), rel=0.05)
    assert found.memory_bytes > 2**27
    assert Bank().holdings() == []


def test_time_is_startup_and_work():
    figures = dict.fromkeys(ExtractionEstimate.__dataclass_fields__, 0) | {
        "startup_seconds": 5.0,
        "to_compute": 300,
    }
    assert ExtractionEstimate(**figures).seconds(30.0) == 15.0


def test_what_the_bank_has_is_not_counted(tiny):
    prepared()
    with open_images(IMAGES) as images:
        embeddings = Embeddings(tiny, images, Bank())
        embeddings.compute(embeddings.lacking[:8])
    held = Bank().holdings()
    assert measure(tiny, N, asked=0.0).to_compute == 2 * N - 8
    assert measure(tiny, 100, asked=0.0).to_compute == 200 - 8
    assert Bank().holdings() == held


def test_rates_are_of_batches():
    done = [16, 32, 48, 64, 80]
    clock = [100.0, 101.0, 102.0, 104.0, 105.0]
    slow, middle, fast = estimation._rates(done, clock)
    assert (middle, fast) == (16, 16)
    assert 8 <= slow < 16


def test_images_are_counted(tiny):
    with pytest.raises(RadbankError, match="--images NUMBER"):
        count_images()
    prepared()
    assert count_images() == N


class Fatal:
    """Settings that kill the process which they are sent to."""

    backbone = "huge"

    def __reduce__(self):
        return os._exit, (137,)


def test_a_process_out_of_memory_is_explained(tiny):
    with pytest.raises(RadbankError, match="process that measured huge was killed"):
        estimate(Fatal(), n_images=10)
