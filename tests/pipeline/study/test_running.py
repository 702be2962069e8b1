import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from pipeline.leaderboard.read import read_board
from pipeline.statistics.bootstrap import Intervals
from pipeline.study.cells import finished, plan, source_hashes, targets_of
from pipeline.study.running import run_cells
from radbank.errors import RadbankError

PROGRAM = """\
import sys
from pathlib import Path
from pipeline.study.cells import plan, source_hashes
from pipeline.study.running import run_cells
root = Path(sys.argv[1])
sources = source_hashes(root)
cells = plan(root, sys.argv[2].split(","), sources)
run_cells(root, cells, [Path(path) for path in sources], print)
"""
INTERVALS = Intervals(n_bootstrap=100, confidence=0.95, seed=1)
STAGES = ("extract", "train", "ensemble", "finetune")


def run(tiny, *backbones, targets=()):
    sources = source_hashes(tiny.root)
    cells = plan(tiny.root, backbones, sources, targets)
    lines: list[str] = []
    ran = run_cells(tiny.root, cells, [Path(path) for path in sources], lines.append)
    return ran, lines


def start(tiny, backbones):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tiny.root), backbones],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_every_backbone_becomes_an_experiment_and_the_workspace_stays_as_it_was(tiny):
    before = (tiny.root / "params.yaml").read_bytes()
    ran, _ = run(tiny, "one", "two")
    assert [each.failure for each in ran] == [None, None]
    assert {each.cell.name for each in ran} == finished(tiny.root)
    assert Counter(tiny.noted) == Counter(f"{b} {s}" for b in ("one", "two") for s in STAGES)
    assert (tiny.root / "params.yaml").read_bytes() == before
    assert tiny.git("status", "--porcelain") == ""
    assert not (tiny.root / "predictions").exists()
    (cohort,) = read_board(tiny.root, intervals=INTERVALS).cohorts
    assert {row.backbone for row in cohort.rows} == {"one", "two"}


def test_a_finished_backbone_is_not_run_again(tiny):
    run(tiny, "one")
    before = tiny.noted
    _, lines = run(tiny, "one", "two")
    assert tiny.noted[: len(before)] == before
    assert {line.split()[0] for line in tiny.noted[len(before) :]} == {"two"}
    assert lines[0].startswith("one (1 of 2): finished before, as the experiment one-")
    assert any("left" in line for line in lines if line.startswith("two"))


def test_only_what_would_change_the_results_makes_a_cell_anew(tiny):
    def names():
        return [cell.name for cell in plan(tiny.root, ["one"], source_hashes(tiny.root))]

    first, params = names(), tiny.root / "params.yaml"
    params.write_text("# another comment\nseed: 1\nbackbone: two\n")
    assert names() == first
    changed = [first]
    for path, text in (
        (params, "backbone: one\nseed: 2\n"),
        (tiny.root / "data/images.txt", "i000\n"),
        (tiny.root / "stage.py", "print()\n"),
    ):
        path.write_text(text)
        changed.append(names())
    assert len({name for (name,) in changed}) == 4


def test_changes_that_are_not_committed_are_part_of_the_run(tiny):
    (tiny.root / "stage.py").write_text((tiny.root / "stage.py").read_text() + "# changed\n")
    ((ran,), _) = run(tiny, "one")
    assert ran.failure is None
    assert "# changed" in tiny.git("show", f"{_commit(tiny, ran.cell.name)}:stage.py")


def _commit(tiny, name):
    (line,) = (x for x in tiny.git("for-each-ref", "refs/exps").splitlines() if x.endswith(name))
    return line.split()[0]


def test_a_backbone_that_fails_is_named_and_the_others_are_run(tiny):
    ran, lines = run(tiny, "broken", "two")
    assert [each.failure is None for each in ran] == [False, True]
    assert ran[0].failure.startswith("there are no weights of broken: get them.")
    assert any("no weights of broken" in line for line in lines)


def test_some_arms_run_and_no_other_stage(tiny):
    targets = targets_of(tiny.root, ["frozen"])
    ran, _ = run(tiny, "one", targets=targets)
    assert ran[0].failure is None
    assert {line.split()[1] for line in tiny.noted} == {"extract", "train", "ensemble"}
    assert targets_of(tiny.root, ["frozen", "a"]) == targets_of(tiny.root, None) == []
    assert targets_of(tiny.root, ["a"]) == ["finetune@a"]
    with pytest.raises(RadbankError, match="--arms names 'b': there are frozen, a"):
        targets_of(tiny.root, ["b"])


def test_a_missing_source_is_an_error_in_words(tiny):
    (tiny.root / "data/images.txt").unlink()
    with pytest.raises(RadbankError, match="What the stages read cannot be found"):
        source_hashes(tiny.root)


def test_killed_at_any_moment_a_study_goes_on_and_runs_no_finished_backbone_again(
    tiny, monkeypatch
):
    monkeypatch.setenv("STUDY_SECONDS", "0.3")
    draw = random.Random(11)
    for _ in range(2):
        process = start(tiny, "one,two,three")
        time.sleep(draw.uniform(2, 8))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert (tiny.root / "params.yaml").read_text().startswith("# a comment\nbackbone: one ")
        whole = {name.split("-")[0] for name in finished(tiny.root)}
        before = len(tiny.noted)
        _finished_stay(tiny, whole, before)
    process = start(tiny, "one,two,three")
    printed, _ = process.communicate()
    assert process.returncode == 0, printed
    assert {name.split("-")[0] for name in finished(tiny.root)} == {"one", "two", "three"}
    (cohort,) = read_board(tiny.root, intervals=INTERVALS).cohorts
    assert len(cohort.rows) == 9


def _finished_stay(tiny, whole, before):
    """Run the study for a while; of what was finished no stage may run."""
    process = start(tiny, "one,two,three")
    time.sleep(3)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    again = {line.split()[0] for line in tiny.noted[before:]}
    assert not again & whole


def test_a_study_waits_for_what_a_killed_one_left_running(tiny, monkeypatch):
    monkeypatch.setenv("STUDY_SECONDS", "1.5")
    process = start(tiny, "one")
    while not tiny.noted:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.1)
    process.kill()  # alone: DVC and its stage go on, and hold its output open
    process.wait()
    process.stdout.close()
    printed, _ = start(tiny, "one").communicate()
    assert "waiting for it" in printed
    assert Counter(tiny.noted) == Counter(f"one {stage}" for stage in STAGES)
