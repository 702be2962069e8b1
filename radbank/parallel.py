"""Parallel map over this machine's cores, or over a Dask cluster."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from dask.base import compute
from dask.delayed import delayed
from dask.system import CPU_COUNT

from radbank.cluster import connect

T = TypeVar("T")
R = TypeVar("R")

_TASK = 4  # items a task: scheduling one costs a part of decoding a small image
_AHEAD = 8  # tasks a thread that may wait to be yielded: bounds the memory


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
