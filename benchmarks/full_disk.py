"""Fill the disk under every stage, then give it room again, and compare with a first run.

A small project on the synthetic cohort lies on a file system of its own (tmpfs, which root can
mount on Linux). Each stage runs with no room, with a part of the room that its outputs take, and
then with enough. A run that finds no room must say so in one sentence and leave nothing half
written; the last one must come to the same bytes.

Example: python -m benchmarks.full_disk
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.small_project import Project
from benchmarks.stage_kills import small_study
from benchmarks.stage_runs import StageOfProject, StageRuns, start

_PAGE = 4096  # what a file takes at least
_PLENTY = 4 << 30
_SENTENCE = re.compile(r"^error: .*(no room|disk).*", re.MULTILINE | re.IGNORECASE)


def main() -> None:
    """Run and print a line a stage; exit with 1 if one did otherwise."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="example: python -m benchmarks.full_disk",
    )
    parser.add_argument("--rounds", type=int, default=3, help="a stage; default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the room; default: %(default)s")
    parser.add_argument(
        "--only", type=re.compile, default=re.compile(""), help="stages whose name has this"
    )
    arguments = parser.parse_args()
    shares = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder, _own_disk(Path(folder, "disk")) as disk:
        made = small_study(Path(folder, "made"))
        shutil.copytree(made.place, disk / "study", symlinks=True)
        runs = StageRuns(Project(disk / "study"))
        print(f"{'stage':<42}{'refused':>8}{'finished':>9}{'wrong':>7}", flush=True)
        wrong = 0
        for stage in runs.stages:
            if arguments.only.search(stage.name):
                wrong += _rounds(runs, stage, disk, arguments.rounds, shares)
    sys.exit(int(wrong > 0))


def _rounds(
    runs: StageRuns, stage: StageOfProject, disk: Path, count: int, shares: random.Random
) -> int:
    """Run a stage on a disk that is too small, the first time one without room."""
    refused = finished = wrong = 0
    taken = _taken(runs, stage)
    for number in range(count):
        shutil.rmtree(runs.project.home / "bank", ignore_errors=True)
        runs.remove(stage)
        _resize(disk, _used(disk) + int(number and shares.uniform(0, 1) * taken))
        process = start(runs.project, stage.command)
        printed, _ = process.communicate()
        _resize(disk, _PLENTY)
        said = process.returncode == 1 and _SENTENCE.search(printed)
        problems = runs.left_behind()
        if process.returncode == 0:
            finished += 1
        elif said and "Traceback" not in printed:
            refused += 1
        else:
            problems.append(f"{process.returncode}: {printed[-2000:]}")
        runs.remove(stage)
        again = start(runs.project, stage.command)
        printed, _ = again.communicate()
        problems += runs.differences(stage) + ([printed] if again.returncode else [])
        runs.restore(stage)
        wrong += bool(problems)
        for problem in problems:
            print(f"  {problem}", flush=True)
    print(f"{stage.name:<42}{refused:>8}{finished:>9}{wrong:>7}", flush=True)
    return wrong


@contextmanager
def _own_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(folder)], check=True)
    try:
        _resize(folder, _PLENTY)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


def _used(disk: Path) -> int:
    found = os.statvfs(disk)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def _taken(runs: StageRuns, stage: StageOfProject) -> int:
    """Return how many bytes the outputs of a stage take."""
    tops = [runs.project.folder / output for output in stage.outputs]
    files = [path for top in tops for path in ([top] if top.is_file() else top.rglob("*"))]
    return sum(-(-path.stat().st_size // _PAGE) * _PAGE for path in files if path.is_file())


if __name__ == "__main__":
    main()
