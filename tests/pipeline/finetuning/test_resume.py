"""A training that is cut short at any step goes on to the same bytes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.finetuning import resume
from pipeline.finetuning.resume import Resumable
from tests.pipeline.finetuning.conftest import everything, recipe

ROOT = Path(__file__).resolve().parents[3]


def digest(training):
    """Return all that a training came to."""
    state = training.best.state
    return (
        [(e.number, e.learning_rate, e.loss, e.validation_loss) for e in training.history],
        training.best.epoch.number,
        {name: value.numpy().tobytes() for name, value in state.items()},
    )


@pytest.fixture
def everywhere(monkeypatch):
    """Write the state after every step."""
    monkeypatch.setattr(resume, "_EVERY", 0.0)


@settings(
    deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(step=st.integers(1, 8), kind=st.sampled_from([recipe, everything]))
def test_a_cut_changes_nothing(start, everywhere, step, kind):
    whole = start(kind())
    list(whole.run())
    expected = digest(whole)

    resumable = Resumable({"cut": step, "kind": kind.__name__})
    resumable.forget()
    first = start(kind())
    steps = iter(first.run())

    def cut():
        for _ in range(step):
            yield next(steps)
        raise KeyboardInterrupt

    first.run = cut
    with pytest.raises(KeyboardInterrupt):
        list(resumable.run(first, "a"))

    second = start(kind(), seed=3)
    list(resumable.run(second, "a"))
    assert digest(second) == expected

    third = start(kind())  # done already: restored as it ended
    assert list(resumable.run(third, "a")) == []
    assert digest(third) == expected
    resumable.forget()
    assert not resumable.folder.exists()


def test_other_settings_are_another_folder():
    assert Resumable({"a": 1}).folder != Resumable({"a": 2}).folder
    assert Resumable({"a": 1}).folder == Resumable({"a": 1}).folder


def test_a_damaged_state_is_said_and_training_starts_anew(start, everywhere, capsys):
    resumable = Resumable({"damaged": True})
    first = start(recipe())
    list(resumable.run(first, "a"))
    (resumable.folder / "a.pt").write_bytes(b"torn")
    second = start(recipe())
    assert len(list(resumable.run(second, "a"))) == 3
    assert "cannot be read" in capsys.readouterr().out
    assert digest(second) == digest(first)
    resumable.forget()


def test_a_state_holds_no_code():
    resumable = Resumable({"pickle": True})
    resumable.folder.mkdir(parents=True)
    torch.save({"network": os.system}, resumable.folder / "a.pt")
    with pytest.raises(Exception, match=r"[Ww]eights"):
        torch.load(resumable.folder / "a.pt", weights_only=True)
    resumable.forget()


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
import torch
from features import backbones
from pipeline.finetuning import resume
from pipeline.finetuning.arms.recipe import TrainingRecipe
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.inputs import AugmentedImages, PlainImages
from pipeline.finetuning.loop import Training
from pipeline.finetuning.network import build_network
from pipeline.finetuning.precision import Precision

resume._EVERY = 0.0
torch.set_num_threads(1)  # so that a process may fork


def train(fatal):  # goes on where the state left off, and dies at a step
    backbone = backbones.load("timm:test_efficientnet", weights="random", seed=1)
    network = build_network(backbone, n_classes=2, image_size=32, seed=1)
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 2
    pixels = rng.integers(0, 256, (24, 32, 32), dtype=np.uint8)
    images = LabelledImages(pixels, np.arange(24), labels)
    training = Training(
        network, AugmentedImages(images, network), PlainImages(images),
        recipe=TrainingRecipe(epochs=2, warmup_epochs=0, warmup_from=1e-3, learning_rate=1e-3,
            final_learning_rate=1e-4, decay="cosine", optimiser="adamw", weight_decay=0.01,
            ema_decay=0.9),
        batch_size=8, weight_of=np.ones(2), precision=Precision.of("bf16", network.device), seed=5,
    )
    run = training.run

    def counted():
        for epoch in run():
            yield epoch
            if training.step == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    training.run = counted
    list(resume.Resumable({"killed": True}).run(training, "a"))
    state = training.best.state
    return b"".join(value.numpy().tobytes() for value in state.values())


for home, fatal in (("a", 0), ("b", 2), ("b", 4), ("b", 5), ("b", 0)):
    sys.stdout.flush()
    child = os.fork()  # a process of its own, which need not import everything again
    if not child:
        os.environ["RADBANK_HOME"] = str(Path(home).resolve())
        Path(home + ".weights").write_bytes(train(fatal))
        sys.stdout.flush()
        os._exit(0)
    print(home, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_kill_9_and_again_gives_the_same_bytes(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    # killed in the first epoch, in the second, and before the end
    ends = [line for line in lines if line[:2] in {"a ", "b "}]
    assert ends == ["a 0", *[f"b {-signal.SIGKILL}"] * 3, "b 0"]
    assert lines[-2].startswith("going on at step ")
    assert (tmp_path / "b.weights").read_bytes() == (tmp_path / "a.weights").read_bytes()
