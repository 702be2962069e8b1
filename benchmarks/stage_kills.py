"""Kill every stage at random moments, run it again, and compare what it leaves with a first run.

A small project on the synthetic cohort runs once undisturbed. Then each stage starts anew, is
killed (SIGKILL, with all its processes) somewhere within the time that it takes, and runs again
to its end; and so does `dvc repro` as a whole. Every output must be the same byte for byte, but
for measured seconds, and no other file may be left behind.

Example: python -m benchmarks.stage_kills --kills 10
"""

import argparse
import random
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.small_project import SMALL, Project
from benchmarks.stage_runs import StageOfProject, StageRuns, kill, start

_BEYOND = 1.05  # of the time that a stage takes: a few kills come too late
_REPRO = "dvc repro"


def main() -> None:
    """Run and print a line a stage; exit with 1 if one left something else."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="example: python -m benchmarks.stage_kills --kills 10",
    )
    parser.add_argument("--kills", type=int, default=10, help="of each; default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the moments; default: %(default)s")
    parser.add_argument(
        "--only",
        type=re.compile,
        default=re.compile(""),
        help="stages whose name has this; default: all",
    )
    arguments = parser.parse_args()
    moments = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        project = small_study(Path(folder))
        runs = StageRuns(project)
        print(f"{'stage':<42}{'seconds':>8}{'killed':>8}{'differ':>8}{'left':>6}", flush=True)
        wrong = 0
        for stage in [*runs.stages, _whole(runs)]:
            if arguments.only.search(stage.name):
                wrong += _kills(runs, stage, arguments.kills, moments)
    sys.exit(int(wrong > 0))


def small_study(place: Path) -> Project:
    """Return a project in which every stage has run, on random weights and a small cohort."""
    project = Project.of_tracked_files(place)
    project.set_params(SMALL)
    project.set_params({"split": {"scheme": "cv", "repeats": 1, "folds": 2}})
    project.set_params({"limits": {"arms": ["last-block"]}})
    project.commit("A small study")
    project.repro()
    return project


def _whole(runs: StageRuns) -> StageOfProject:
    """Return the whole pipeline as one stage."""
    return StageOfProject(
        _REPRO, _REPRO, tuple(out for each in runs.stages for out in each.outputs)
    )


def _kills(runs: StageRuns, stage: StageOfProject, count: int, moments: random.Random) -> int:
    """Kill a stage so often; print what came of it, and return in how many rounds it was wrong.

    After `dvc repro` the report is written once more from the seconds of the first run.
    """
    _forget(runs)
    runs.remove(stage)
    began = time.monotonic()
    _run(runs, stage)
    seconds = time.monotonic() - began
    killed = differ = left = 0
    for _ in range(count):
        _forget(runs)
        runs.remove(stage)
        process = start(runs.project, stage.command)
        time.sleep(moments.uniform(0, _BEYOND) * seconds)
        killed += process.poll() is None
        kill(process)
        if stage.name == _REPRO:
            _run(runs, stage)  # DVC removes what a killed stage left
            runs.restore_seconds()
            _run(runs, next(each for each in runs.stages if each.name == "report"))
        else:
            runs.remove(stage)
            _run(runs, stage)
        differences, leftovers = runs.differences(stage), runs.left_behind()
        differ += bool(differences)
        left += bool(leftovers)
        for name in [*differences, *leftovers]:
            print(f"  {name}", flush=True)
        runs.restore(stage)
    print(f"{stage.name:<42}{seconds:>8.1f}{killed:>8}{differ:>8}{left:>6}", flush=True)
    return differ + left


def _run(runs: StageRuns, stage: StageOfProject) -> None:
    process = start(runs.project, stage.command)
    printed, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{stage.command}:\n{printed}")


def _forget(runs: StageRuns) -> None:
    """Empty the bank and DVC's run cache, so that everything is computed again."""
    shutil.rmtree(runs.project.home / "bank", ignore_errors=True)
    shutil.rmtree(runs.project.folder / ".dvc" / "cache", ignore_errors=True)


if __name__ == "__main__":
    main()
