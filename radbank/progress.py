"""Progress bars with rate and time left, and durations in words."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from radbank.console import plain_console

T = TypeVar("T")


class _RateColumn(ProgressColumn):
    """The column that shows the rate, in the task's units a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.1f} {task.fields['unit']}/s" if speed else "")


def track(
    items: Iterable[T], description: str, *, total: int, unit: str = "images", step: int = 1
) -> Iterator[T]:
    """Yield `items` while a bar on standard error shows the rate and the time left.

    Parameters
    ----------
    items
        What to go through.
    description
        What is being done, in a word or two.
    total
        The number of units in all of `items`.
    unit
        What is counted, in the plural.
    step
        Units an item stands for (the batch size, say); the last item fills up to `total`.
    """
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=plain_console(stderr=True)) as progress:
        task = progress.add_task(description, total=total, unit=unit)
        for item in items:
            yield item
            done = progress.tasks[0].completed
            progress.update(task, advance=min(step, total - done))


def duration(seconds: float) -> str:
    """Write a duration in seconds, minutes or hours.

    Examples
    --------
    >>> duration(12.4), duration(300), duration(9000)
    ('12 s', '5 min', '2.5 h')
    """
    minutes, hours = seconds / 60, seconds / 3600
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes:.0f} min" if minutes < 100 else f"{hours:.1f} h"
