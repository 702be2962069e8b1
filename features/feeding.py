"""Preparing the next items in a thread of its own while the present one is worked on."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

WAITING = 2  # batches that are ready before their turn, and results before they are asked for

_END = object()


def ahead(items: Iterable[T], depth: int) -> Iterator[T]:
    """Yield items in order, taking up to `depth` of them in advance in one other thread.

    Closing this iterator, or leaving it, waits for the item being made, and makes no other.

    Parameters
    ----------
    items
        What to go through; only the other thread touches it. Its exceptions are raised here, in
        the place of the item that could not be made.
    depth
        Items that may wait.
    """
    source = iter(items)
    thread = ThreadPoolExecutor(1, "ahead")
    waiting: deque[Future[T | object]] = deque(
        thread.submit(next, source, _END) for _ in range(depth)
    )
    try:
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(thread.submit(next, source, _END))
            yield item  # type: ignore[misc]  # all but _END are of type T
    finally:
        thread.shutdown(cancel_futures=True)
