"""Prefetch: a thread prepares the next items while the caller works on the present one."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

PREFETCHED = 2  # batches, and results, that may be ready before they are asked for

_END = object()


def prefetch(items: Iterable[T], depth: int) -> Iterator[T]:
    """Yield items in order, and prefetch up to `depth` of them in one other thread.

    Closing this iterator, or leaving it, waits for the item being made, and makes no other.

    Parameters
    ----------
    items
        What to go through; only the other thread touches it. Its exceptions are raised here, in
        the place of the item that could not be made.
    depth
        Items to prefetch at most.
    """
    source = iter(items)
    thread = ThreadPoolExecutor(1, "prefetch")
    waiting: deque[Future[T | object]] = deque(
        thread.submit(next, source, _END) for _ in range(depth)
    )
    try:
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(thread.submit(next, source, _END))
            yield item  # type: ignore[misc]  # all but _END are of type T
    finally:
        thread.shutdown(cancel_futures=True)
