"""Start the processes of a training, and end them all when one fails."""

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import timedelta
from multiprocessing import connection
from pathlib import Path
from typing import Any, Literal

import torch
import torch.distributed as dist
from torch.distributed.rendezvous import TCPStore  # type: ignore[attr-defined]
from torch.multiprocessing import get_context
from torch.multiprocessing.spawn import spawn

from features.device import device_type
from pipeline.finetuning.processes.group import ALONE, ProcessGroup
from radbank.errors import RadbankError
from radbank.files import no_room

_HOST = "127.0.0.1"
_PATIENCE = timedelta(days=7)  # while one process fills the bank, the others wait
_GRACE = 10.0  # seconds in which a process that is told to end does so

Work = Callable[..., None]
_Failures = Any  # a queue of (sentence or None, traceback)


def run_in_processes(processes: int | Literal["auto"], work: Work, *arguments: object) -> None:
    """Call a function in several processes, or here where one is enough.

    Parameters
    ----------
    processes
        How many to start on this machine; "auto": one a GPU, or one. In a process that torchrun
        started it is torchrun that says how many there are.
    work
        A function of a module, given a :class:`ProcessGroup` and `arguments`, which are pickled.

    Raises
    ------
    RadbankError
        If there are fewer GPUs than processes, or one of them fails by a user's mistake or is
        killed; the others have ended then. A bug in one of them raises with its traceback.
    """
    if "TORCHELASTIC_RUN_ID" in os.environ:
        with _joined(local_rank=int(os.environ["LOCAL_RANK"])) as group:
            work(group, *arguments)
        return
    gpus = torch.cuda.device_count() if device_type() == "cuda" else 0
    count = processes if isinstance(processes, int) else max(gpus, 1)
    if count == 1:
        work(ALONE, *arguments)
        return
    if 0 < gpus < count:
        raise RadbankError(
            f"finetune.processes is {count}, and this machine has {gpus} "
            f"{'GPU' if gpus == 1 else 'GPUs'}: set it to auto, which is one process a GPU."
        )
    _start(count, work, arguments)


def _start(count: int, work: Work, arguments: tuple[object, ...]) -> None:
    """Start processes, wait for them, and leave none behind."""
    # a port that the system chooses, on which all of them meet
    store = TCPStore(_HOST, 0, is_master=True, wait_for_workers=False)
    failures = get_context("spawn").SimpleQueue()
    given = (count, store.port, failures, work, arguments)
    context = spawn(_work, given, nprocs=count, join=False)  # type: ignore[no-untyped-call]
    waiting = {process.sentinel: process for process in context.processes}
    try:
        while waiting:
            for sentinel in connection.wait(list(waiting)):
                process = waiting.pop(sentinel)
                process.join()
                if process.exitcode:
                    raise _failure(context.processes, failures)
    finally:
        for process in waiting.values():
            process.terminate()
        for process in waiting.values():
            process.join(_GRACE)
            if process.is_alive():
                process.kill()
                process.join()


def _failure(processes: list[Any], failures: _Failures) -> Exception:
    """Return the first failure; what the others say is that they lost their partner."""
    if any(process.exitcode == -signal.SIGKILL for process in processes):
        return RadbankError(
            "A process of the training was killed, as systems do when memory runs out: set "
            "finetune.batch_size or finetune.processes lower in params.yaml; `dvc repro` goes on "
            "where the training was."
        )
    if failures.empty():
        return RuntimeError("a process of the training ended without a word")
    sentence, trace = failures.get()
    return RadbankError(sentence) if sentence else RuntimeError(f"in another process:\n{trace}")


def _work(  # noqa: PLR0917 - torch hands over positions
    rank: int,
    count: int,
    port: int,
    failures: _Failures,
    work: Work,
    arguments: tuple[object, ...],
) -> None:
    try:
        store = TCPStore(_HOST, port, is_master=False)
        if device_type() == "cpu":
            torch.set_num_threads(max(torch.get_num_threads() // count, 1))
        with _joined(local_rank=rank, store=store, rank=rank, world_size=count) as group:
            work(group, *arguments)
    except Exception as error:  # noqa: BLE001 - is told, and ends the process
        sentence = str(error) if isinstance(error, RadbankError) else no_room(error)
        failures.put((sentence, traceback.format_exc()))
        # gloo's threads still run: a regular end would abort on them, with words of C++
        os._exit(1)


@contextmanager
def _joined(*, local_rank: int, **meeting: Any) -> Iterator[ProcessGroup]:  # noqa: ANN401
    """Join the other processes; all but the first are silent."""
    on_gpu = device_type() == "cuda"
    if on_gpu:
        torch.cuda.set_device(local_rank)
    dist.init_process_group(
        "cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=_PATIENCE, **meeting
    )
    group = ProcessGroup(dist.get_rank(), dist.get_world_size())
    if group.first:
        yield group
    else:
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nowhere,
            redirect_stdout(nowhere),
            redirect_stderr(nowhere),
        ):
            yield group
    dist.destroy_process_group()
