"""Take up a training that was cut short: its state on disk, outside the project."""

import hashlib
import json
import pickle
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from pipeline.finetuning.epoch import Epoch
from pipeline.finetuning.loop import Training
from pipeline.finetuning.processes.group import ALONE, ProcessGroup
from radbank.files import atomic_path, sha256_file
from radbank.home import cache
from radbank.progress import track

_EVERY = 60.0
"""Seconds between writes of the state, which is some three times the size of the network."""
_UNREADABLE = (OSError, RuntimeError, ValueError, LookupError, EOFError, pickle.UnpicklingError)
_CODE = ("pipeline/finetuning", "features", "heads")


class Resumable:
    """Where the trainings of an arm keep their states until all of them are done.

    The folder lies in the user's cache, so that it outlives a killed stage, whose outputs DVC
    deletes, and the temporary folders of experiments. It holds weights, and no images.

    Parameters
    ----------
    about
        All that decides what the trainings come to, as JSON; other values are another folder.
    group
        The processes that train; the first reads and writes the states.
    """

    def __init__(self, about: Mapping[str, Any], group: ProcessGroup = ALONE) -> None:
        self._group = group
        self.folder = cache() / "training" / digest(about)

    def run(self, training: Training, name: str) -> Iterator[Epoch]:
        """Train to the end from where the state of this name left off; yield the epochs run now.

        The state is written after an epoch, or in the middle of one, if the last time is a minute
        ago; and at the end. A training that is killed and run again goes through the same steps
        as one that was not, to the last bit where the device computes the same bits twice.
        """
        path = self.folder / f"{name}.pt"
        self._restore(training, path)
        written = time.monotonic()
        left = training.steps - training.step
        for epoch in track(training.run(), name, total=left, unit="steps"):
            if epoch is not None:
                yield epoch
            if time.monotonic() - written > _EVERY:
                self._write(training, path)
                written = time.monotonic()
        self._write(training, path)

    def forget(self) -> None:
        """Delete the states, once what they were for is written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, training: Training, path: Path) -> None:
        if not self._group.first:
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # to an open file: of one that it opens itself torch does not say why it cannot be written
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            torch.save(training.state(), file)

    def _restore(self, training: Training, path: Path) -> None:
        state = None
        if self._group.first:
            try:
                where = training.network.device if self._group.size == 1 else "cpu"
                state = torch.load(path, map_location=where, weights_only=True)
            except FileNotFoundError:
                pass
            except _UNREADABLE as error:
                print(f"{path} cannot be read ({type(error).__name__}): training starts anew.")
        state = self._group.of_first(state)
        if state is None:
            return
        training.restore(state)
        print(f"going on at step {training.step + 1:,} of {training.steps:,}")


def digest(about: Mapping[str, Any]) -> str:
    """Return a name for all that decides what trainings come to: `about`, PyTorch and our code."""
    told = json.dumps({**about, "torch": torch.__version__, "code": _code()}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _code() -> list[str]:
    """Return checksums of the code that trains, so that no training goes on under other code."""
    root = Path(__file__).resolve().parents[2]
    return [sha256_file(path) for folder in _CODE for path in sorted((root / folder).rglob("*.py"))]
