"""Parallel map over this machine's cores, or over a Dask cluster."""

import importlib
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from dask.base import compute
from dask.delayed import delayed
from dask.system import CPU_COUNT

from radbank.errors import RadbankError

T = TypeVar("T")
R = TypeVar("R")

_TASK = 4  # items a task: scheduling one costs a part of decoding a small image
_AHEAD = 8  # tasks a thread that may wait to be yielded: bounds the memory
_PATIENCE = 30  # seconds to wait for the first worker


def ordered_map(
    function: Callable[[T], R], items: Sequence[T], *, scheduler: str | None
) -> Iterator[R]:
    """Yield ``function(item)`` for each item, in order, computed in parallel.

    Only some dozens of results a core are held at a time, so they can be streamed to disk.

    Parameters
    ----------
    function
        Pure, because a cluster may call it again after a worker's loss; and, for a cluster,
        importable by the workers, who must see the same files under the same paths.
    items
        What to go through.
    scheduler
        Address of a Dask scheduler; None: threads of this process, which suit decoders since
        they release Python's lock (`benchmarks.prepare` compares them with processes).

    Raises
    ------
    RadbankError
        If the scheduler cannot be reached or has no workers, or is lost or loses them meanwhile.
    """
    tasks = [list(items[at : at + _TASK]) for at in range(0, len(items), _TASK)]
    if scheduler is None:
        yield from _in_threads(function, tasks)
        return
    with connect(scheduler) as client:
        step = _AHEAD * max(sum(client.ncores().values()), 1)
        for start in range(0, len(tasks), step):
            wave = [delayed(_apply)(function, task) for task in tasks[start : start + step]]
            for results in compute(*wave, scheduler=client):  # type: ignore[no-untyped-call]
                yield from results


def _in_threads(function: Callable[[T], R], tasks: list[list[T]]) -> Iterator[R]:
    """Yield the results of tasks in order while threads already run the next tasks."""
    with ThreadPoolExecutor(CPU_COUNT) as pool:
        under_way: deque[Future[list[R]]] = deque()
        try:
            for task in tasks:
                under_way.append(pool.submit(_apply, function, task))
                if len(under_way) > _AHEAD * CPU_COUNT:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _apply(function: Callable[[T], R], items: list[T]) -> list[R]:
    return [function(item) for item in items]


@contextmanager
def connect(scheduler: str) -> Iterator[Any]:
    """Connect to a scheduler that has workers.

    Parameters
    ----------
    scheduler
        Its address.

    Yields
    ------
    distributed.Client

    Raises
    ------
    RadbankError
        If Dask's cluster part is not installed, nobody answers, or there is no worker; or, in
        the block, if the connection is lost or a task kills its workers.
    """
    try:
        # optional: needed for a cluster only
        distributed = importlib.import_module("distributed")
    except ImportError:
        raise RadbankError(
            "cluster.scheduler is set, but Dask's cluster part is not installed: "
            "run `python -m pip install -e '.[cluster]'`, or set it to null."
        ) from None
    try:
        connected = distributed.Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError):
        raise RadbankError(
            f"No Dask scheduler answers at {scheduler} (cluster.scheduler): start it, or set "
            "cluster.scheduler to null to use this machine."
        ) from None
    with connected as client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise RadbankError(
                f"The Dask scheduler at {scheduler} has no workers: start some with `dask worker "
                f"{scheduler}`, or set cluster.scheduler to null to use this machine."
            ) from None
        # a lost connection is raised; it would also be logged, with its traceback
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        try:
            yield client
        except (distributed.client.FutureCancelledError, distributed.comm.CommClosedError):
            raise RadbankError(
                f"The connection to the Dask scheduler at {scheduler} was lost: see whether it "
                "still runs, start it again, and run the same command again."
            ) from None
        except distributed.KilledWorker as error:
            raise RadbankError(
                "One part of the work killed one Dask worker after the other, at last "
                f"{error.last_worker.address}: their logs say why; if memory ran out, start "
                "workers with more of it."
            ) from None
