"""Run the cells that are missing, one after another, and go on where a killed study stopped."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.study.cells import StudyCell, finished
from pipeline.study.copies import FOLDER, copy_project, git, link_sources
from pipeline.study.progress import Durations, Progress, Report

_POLL = 0.2  # seconds
_IDENTITY = {
    **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "radbank study"),
    **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "study@radbank.invalid"),
}


@dataclass(frozen=True)
class Ran:
    """What became of a cell.

    Attributes
    ----------
    cell
        The cell.
    failure
        Why it has no results, in a sentence; None where it has.
    """

    cell: StudyCell
    failure: str | None


def run_cells(
    root: Path, cells: Sequence[StudyCell], sources: Sequence[Path], report: Report
) -> list[Ran]:
    """Run every cell that no experiment holds yet; go on with the others after a failure.

    Parameters
    ----------
    root
        Folder of dvc.yaml.
    cells
        What is to be there in the end.
    sources
        Files and folders that the stages read and none of them writes.
    report
        Takes a line for every cell and stage, with the time left once that can be told.

    Returns
    -------
    list of Ran
        In the order of the cells.

    Notes
    -----
    A cell runs in a copy of the project by `dvc repro`, whose finished stages go into the cache
    of the project. Its results become one DVC experiment in one step. So a killed study leaves
    experiments that are whole and stages that are not run again; the project itself is not
    touched. The copy holds a lock as long as anything runs in it, also when the study that
    started it was killed: the next one waits, so that nothing runs twice.
    """
    results, durations = [], Durations(root / FOLDER / "seconds.json")
    with _locked(root, report) as lock:
        _collect(root)
        there = finished(root)
        missing = [cell for cell in cells if cell.name not in there]
        for place, cell in enumerate(cells, start=1):
            words = f"{cell.backbone} ({place} of {len(cells)})"
            if cell not in missing:
                report(f"{words}: finished before, as the experiment {cell.name}")
                results.append(Ran(cell, None))
                continue
            after = len(missing) - missing.index(cell) - 1
            failure = _run(root, cell, sources, lock, Progress(words, after, durations, report))
            report(f"{words}: {failure or f'finished, as the experiment {cell.name}'}")
            results.append(Ran(cell, failure))
    return results


def _run(
    root: Path, cell: StudyCell, sources: Sequence[Path], lock: IO[str], progress: Progress
) -> str | None:
    """Run a cell; return why it failed, or None."""
    copy = copy_project(root, cell.name, cell.backbone)
    link_sources(root, copy, list(sources))
    log = root / FOLDER / f"{cell.name}.log"
    with log.open("w", encoding="utf-8") as output:
        for arguments in (
            ["repro", *cell.targets],
            ["exp", "save", "--force", "--name", cell.name, *cell.targets],
        ):
            if arguments[0] == "exp":
                for new in git(copy, "ls-files", "--others", "--exclude-standard").splitlines():
                    arguments += ["--include-untracked", new]
            process = subprocess.Popen(  # noqa: S603 - DVC with our own words
                [sys.executable, "-m", "dvc", *arguments],
                cwd=copy,
                env=_environment(root),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(lock.fileno(),),
            )
            while process.poll() is None:
                time.sleep(_POLL)
                progress.look(log)
            if process.returncode:
                return f"{_last_words(log)} (all that was printed is in {log})"
    _fetch(root, copy)
    progress.finished(cell.name)
    shutil.rmtree(root / FOLDER / cell.name)
    return None


def _environment(root: Path) -> dict[str, str]:
    """Return the environment of DVC: this Python, and an identity where git has none."""
    known = subprocess.run(
        ["git", "config", "user.email"],  # noqa: S607 - the git that DVC needs too
        cwd=root,
        check=False,
        capture_output=True,
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**({} if known.returncode == 0 else _IDENTITY), **os.environ, "PATH": path}


def _last_words(log: Path) -> str:
    """Return the last error of a log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    errors = [line for line in lines if line.lower().startswith("error:")]
    own = [line for line in errors if not line.startswith("ERROR: failed to reproduce")]
    found = own or errors or lines or ["nothing was printed"]
    return found[0].removeprefix("error: ").removeprefix("ERROR: ")


def _collect(root: Path) -> None:
    """Take over experiments of copies that a killed study left."""
    for copy in sorted((root / FOLDER).glob("*/.git")):
        _fetch(root, copy.parent)


def _fetch(root: Path, copy: Path) -> None:
    """Take over the experiments of a copy, in one step each."""
    references = git(copy, "for-each-ref", "--format=%(refname)", "refs/exps").split()
    for reference in references:
        if reference.count("/") == 4:  # refs/exps/12/3456.../name; others are DVC's own notes
            git(root, "fetch", "--quiet", "--no-tags", str(copy), f"+{reference}:{reference}")


@contextmanager
def _locked(root: Path, report: Report) -> Iterator[IO[str]]:
    """Hold the lock of the study; wait while another one, or what it left running, has it."""
    path = root / FOLDER / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("another study, or a stage that a killed one left, still runs: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
