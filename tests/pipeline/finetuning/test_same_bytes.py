"""A saved network predicts the same bytes as the one that was trained, on any processor."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

AVX2 = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
}
BACKBONES = ("timm:test_efficientnet", "timm:test_vit")
SCORE = """
import sys
from pathlib import Path
import numpy as np
import torch
from features import backbones
from pipeline.finetuning.network import build_network, save_weights
from pipeline.finetuning.scoring import probabilities

folder = Path(sys.argv[1])
pixels = np.random.default_rng(0).integers(0, 256, (35, 200, 200), dtype=np.uint8)
ALONE = [0, 9, 16, 34]  # of all three batches, the last of which is padded

def score(network, threads, pixels):
    torch.set_num_threads(threads)
    scores = np.concatenate(list(probabilities(network, pixels)))
    assert torch.get_num_threads() == threads
    assert np.allclose(scores.sum(axis=1), 1)
    return scores

for name in sys.argv[2:]:
    def build(seed):
        backbone = backbones.load(name, weights="random", seed=seed)
        return build_network(backbone, n_classes=3, image_size=None, seed=seed)

    trained, loaded, moved = build(1), build(2), build(3)
    saved = folder / name
    saved.mkdir()
    save_weights(trained.state_dict(), saved)
    for network in (loaded, moved):
        network.restore(saved)
    for tensor in moved.classify.parameters():  # to an address that is a multiple of 4 bytes only
        elsewhere = torch.empty(tensor.numel() + 3)[3:].view(tensor.shape)
        tensor.data = elsewhere.copy_(tensor.data)
    expected = score(trained, 1, pixels)
    for network, threads in ((trained, 2), (trained, 3), (loaded, 1), (moved, 1), (moved, 3)):
        print(name, np.array_equal(score(network, threads, pixels), expected))
    alone = np.concatenate([score(loaded, 1, pixels[at : at + 1]) for at in ALONE])
    print(name, np.array_equal(alone, expected[ALONE]))
"""


@pytest.mark.parametrize(
    "processor",
    [{}, AVX2, {"ATEN_CPU_CAPABILITY": "default"}],
    ids=["its own", "avx2", "no vector units"],
)
def test_loading_threads_neighbours_and_addresses_change_no_byte(processor, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCORE, str(tmp_path), *BACKBONES],
        env={**os.environ, **processor},
        cwd=Path(__file__).parents[3],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [f"{name} True" for name in BACKBONES for _ in range(6)]
