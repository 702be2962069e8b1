"""Ways to do one thing, timed in turn, round by round, because the machine's speed drifts."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from radbank.files import write_json

T = TypeVar("T")


@dataclass(frozen=True)
class Timing:
    """How one way did.

    Attributes
    ----------
    way
        What was done.
    milliseconds
        A file, median over the rounds.
    of_cores
        Milliseconds of all cores together, likewise; those of other processes are not in it.
    times_first, times_second
        Median over the rounds of how often quicker it was than the first way and the second.
    """

    way: str
    milliseconds: float
    of_cores: float
    times_first: float
    times_second: float


def compare(ways: dict[str, Callable[[], object]], *, rounds: int, files: int) -> list[Timing]:
    """Time each way in each round.

    Parameters
    ----------
    ways
        At least two by name; the first two are those to compare with.
    rounds
        How often.
    files
        That each way goes through.
    """
    wall: dict[str, list[float]] = {way: [] for way in ways}
    cores: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, work in ways.items():
            started, worked = time.perf_counter(), time.process_time()
            work()
            wall[way].append(1000 * (time.perf_counter() - started) / files)
            cores[way].append(1000 * (time.process_time() - worked) / files)
    first, second = list(wall.values())[:2]
    return [
        Timing(
            way,
            statistics.median(times),
            statistics.median(cores[way]),
            statistics.median(slow / quick for slow, quick in zip(first, times, strict=True)),
            statistics.median(slow / quick for slow, quick in zip(second, times, strict=True)),
        )
        for way, times in wall.items()
    ]


def report(timings: list[Timing], *, rounds: int, files: int, json: Path | None) -> None:
    """Print the timings and write them as JSON, if a file is named."""
    print(f"{files} files, {rounds} rounds, {os.cpu_count()} cores")
    for timing in timings:
        print(
            f"{timing.milliseconds:8.2f} ms a file ({timing.of_cores:6.2f} of a core)"
            f"{timing.times_first:8.2f} x{timing.times_second:8.2f} x  {timing.way}"
        )
    if json is not None:
        content = {"files": files, "rounds": rounds, "cores": os.cpu_count()}
        write_json(json, content | {"ways": [asdict(timing) for timing in timings]})


def go_through(items: list[T], work: Callable[[T], object]) -> None:
    """Do one after the other and keep nothing of them."""
    for item in items:
        work(item)
