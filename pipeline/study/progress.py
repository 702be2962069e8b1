"""What a study is doing, and how long it will still take."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from radbank.files import read_json, write_json
from radbank.progress import duration

Report: TypeAlias = Callable[[str], None]
"""Takes one line on what is being done."""

_STARTED = "Running stage '"


class Durations:
    """How long cells took, kept in a file for the guesses of later studies.

    Parameters
    ----------
    path
        Of the JSON file: seconds by the name of the cell.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seconds: dict[str, float] = read_json(path) if path.is_file() else {}

    def add(self, name: str, seconds: float) -> None:
        """Note how long a cell took."""
        self._seconds[name] = seconds
        write_json(self._path, self._seconds)

    @property
    def mean(self) -> float | None:
        """Seconds of a cell, on average; None before one was timed."""
        return sum(self._seconds.values()) / len(self._seconds) if self._seconds else None


class Progress:
    """Tells each stage of a cell that begins, and the time left once a cell has been timed.

    Parameters
    ----------
    words
        What the cell is called.
    after
        How many cells have to run after it.
    durations
        How long others took.
    report
        Takes the lines.
    """

    def __init__(self, words: str, after: int, durations: Durations, report: Report) -> None:
        self._words, self._after, self._durations, self._report = words, after, durations, report
        self._start, self._told = time.monotonic(), 0

    def look(self, log: Path) -> None:
        """Report the stages that began since the last look at what DVC printed."""
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        stages = [line.split("'")[1] for line in lines if line.startswith(_STARTED)]
        for stage in stages[self._told :]:
            self._report(f"{self._words}: {stage}, {self._left()}")
        self._told = len(stages)

    def finished(self, name: str) -> None:
        """Note how long the cell took, unless all of it came from the cache."""
        if self._told:
            self._durations.add(name, time.monotonic() - self._start)

    def _left(self) -> str:
        mean = self._durations.mean
        if mean is None:
            return "time left not known before one backbone is finished"
        spent = time.monotonic() - self._start
        return f"about {duration(max(mean - spent, 0) + mean * self._after)} left"
