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
SCORE = """
import hashlib, sys
from pathlib import Path
import numpy as np
import torch
from features import backbones
from pipeline.finetuning.network import build_network, save_weights
from pipeline.finetuning.scoring import probabilities

name, folder = sys.argv[1], Path(sys.argv[2])

def build(seed):
    backbone = backbones.load(name, weights="random", seed=seed)
    return build_network(backbone, n_classes=3, image_size=None, seed=seed)

trained, loaded, moved = build(1), build(2), build(3)
save_weights(trained.state_dict(), folder)
for network in (loaded, moved):
    network.restore(folder)
for tensor in moved.classify.parameters():  # to an address that is a multiple of 4 bytes only
    elsewhere = torch.empty(tensor.numel() + 3)[3:].view(tensor.shape)
    tensor.data = elsewhere.copy_(tensor.data)
pixels = np.random.default_rng(0).integers(0, 256, (35, 200, 200), dtype=np.uint8)
for network in (trained, loaded, moved):
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        scores = np.concatenate(list(probabilities(network, pixels)))
        assert torch.get_num_threads() == threads
        assert np.allclose(scores.sum(axis=1), 1)
        print(hashlib.sha256(scores.tobytes()).hexdigest())
alone = np.concatenate([next(probabilities(loaded, pixels[at : at + 1])) for at in range(35)])
print(hashlib.sha256(alone.tobytes()).hexdigest())
"""


@pytest.mark.parametrize(
    "processor",
    [{}, AVX2, {"ATEN_CPU_CAPABILITY": "default"}],
    ids=["its own", "avx2", "no vector units"],
)
@pytest.mark.parametrize("backbone", ["timm:test_efficientnet", "timm:test_vit"])
def test_loading_threads_neighbours_and_addresses_change_no_byte(backbone, processor, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCORE, backbone, str(tmp_path)],
        env={**os.environ, **processor},
        cwd=Path(__file__).parents[3],
        check=True,
        capture_output=True,
        text=True,
    )
    digests = done.stdout.split()
    assert len(digests) == 10
    assert len(set(digests)) == 1
