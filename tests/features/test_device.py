import subprocess
import sys

import torch

from features.device import device_type


def test_the_answer_is_torchs():
    assert device_type() == ("cuda" if torch.cuda.is_available() else "cpu")


def test_with_a_driver_torch_is_asked(tmp_path, monkeypatch):
    (tmp_path / "nvidiactl").touch()
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert device_type(tmp_path) == "cuda"
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert device_type(tmp_path) == "cpu"


def test_on_linux_without_a_driver_torch_is_not_imported(tmp_path):
    program = (
        "import sys; from pathlib import Path; from features.device import device_type; "
        f"sys.platform = 'linux'; assert device_type(Path({str(tmp_path)!r})) == 'cpu'; "
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
