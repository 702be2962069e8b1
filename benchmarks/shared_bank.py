"""Let two runs of extraction fill one bank at the same time, and compare what they come to.

Two copies of a small project share a bank, which is emptied before each round. In every other
round one of the runs is killed (`kill -9`) at a random moment and started again. Both stores must
be those of a run alone, byte for byte, every block sound, and no half-written file be left.

Example: python -m benchmarks.shared_bank --rounds 20
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.small_project import SMALL, Project
from benchmarks.stage_runs import kill, start
from features.bank.bank import Bank
from features.bank.upkeep import verify
from radbank.files import sha256_file

_EXTRACT = f"{sys.executable} -m pipeline.extract"


def main() -> None:
    """Run the rounds and print what was wrong; exit with 1 if anything was."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    arguments = parser.parse_args()
    moments = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as place:
        one, other = _projects(Path(place))
        bank = one.home / "bank"
        began = time.monotonic()
        one("python", "-m", "pipeline.extract")
        seconds, wanted = time.monotonic() - began, _stores(one)
        wrong = 0
        for number in range(arguments.rounds):
            shutil.rmtree(bank)
            runs = [start(project, _EXTRACT) for project in (one, other)]
            if number % 2:
                time.sleep(moments.uniform(0, seconds))
                kill(runs[1])
                runs[1] = start(other, _EXTRACT)
            for run in runs:
                printed, _ = run.communicate()
                if run.returncode:
                    sys.exit(f"round {number}:\n{printed}")
            problems = [each.problem for each in verify(Bank(str(bank))) if each.problem]
            halves = [path for path in bank.rglob("*") if ".partial" in path.name]
            same = _stores(one) == _stores(other) == wanted
            if problems or halves or not same:
                wrong += 1
                print(f"round {number}: same bytes {same}, {problems}, left behind {halves}")
    print(
        f"{arguments.rounds} rounds of two runs on one bank, one of them killed in "
        f"{arguments.rounds // 2}: {wrong} went wrong"
    )
    sys.exit(int(wrong > 0))


def _projects(place: Path) -> tuple[Project, Project]:
    """Return two projects with the same images and the same home."""
    one = Project.of_tracked_files(place)
    one.set_params(SMALL)
    one.commit("A small study")
    one("dvc", "repro", "split")
    other = Project(place)
    other.folder = place / "other"
    shutil.copytree(one.folder, other.folder)
    return one, other


def _stores(project: Project) -> dict[str, str]:
    features = project.folder / "data" / "features"
    return {
        str(path.relative_to(features)): sha256_file(path)
        for path in sorted(features.rglob("*"))
        if path.is_file()
    }


if __name__ == "__main__":
    main()
