"""Wait for the other operations of Zarr when one of them fails."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from zarr.core.sync import sync


@contextmanager
def settled() -> Iterator[None]:
    """Let Zarr finish what it still does in the background before an error leaves the block.

    Zarr reads and writes many files at once and raises the first error while its other operations
    go on. They would write into a folder that is being removed, and at the end of the process
    Python would print their errors as tracebacks beside the first one's message.
    """
    try:
        yield
    except BaseException:
        sync(_finish())
        raise


async def _finish() -> None:
    """Wait until all other tasks of this event loop are done."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*tasks, return_exceptions=True)
