import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from radbank.errors import RadbankError
from radbank.origin import PACKAGES, check_folder, check_packages, is_project

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "from radbank.__main__ import main; main()"  # as the installed script does
INSTALL = "python -m pip install -e ."


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """Return two copies of the project."""
    folders = [tmp_path_factory.mktemp(name).resolve() for name in ("one", "other")]
    for folder in folders:
        for name in PACKAGES:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        for name in ("dvc.yaml", "params.yaml"):
            shutil.copy(ROOT / name, folder)
    return folders


@pytest.fixture
def foreign(tmp_path):
    """Return a folder with a package `features` of someone else's."""
    (tmp_path / "features").mkdir()
    (tmp_path / "features/__init__.py").touch()
    return tmp_path.resolve()


def python(*arguments, folder, path):
    """Run Python in `folder` with `path`, not with the current folder, before what is installed."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_packages_of_these_tests_lie_together():
    assert check_packages() == ROOT
    assert check_folder(ROOT) == ROOT


def test_it_takes_milliseconds():
    start = time.perf_counter()
    check_folder(ROOT)
    assert time.perf_counter() - start < 0.05


def test_a_project_is_told_by_its_stages(tmp_path):
    assert is_project(ROOT)
    assert not is_project(tmp_path)
    (tmp_path / "dvc.yaml").write_text("stages:\n  train:\n    cmd: python -m training\n")
    assert not is_project(tmp_path)
    (tmp_path / "dvc.yaml").write_bytes(b"\xff\xfe")
    assert not is_project(tmp_path)


def test_a_folder_of_another_copy_is_refused(copies):
    with pytest.raises(RadbankError, match=r"pip install -e \.") as error:
        check_folder(copies[0])
    assert str(copies[0]) in str(error.value)
    assert str(ROOT) in str(error.value)


@pytest.mark.parametrize("program", [("-P", "-m", "pipeline.split"), ("-P", "-c", COMMAND, "bank")])
def test_a_stage_or_command_in_another_copys_folder_is_one_sentence(copies, program):
    one, other = copies
    done = python(*program, folder=one, path=[other])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert f"dvc.yaml in {one} " in done.stderr
    assert f"imports radbank from {other}:" in done.stderr
    assert INSTALL in done.stderr


def test_the_current_folders_own_packages_come_first(copies):
    one, other = copies
    done = python("-m", "pipeline.split", folder=one, path=[other])
    assert done.stderr.startswith("error: ")
    assert "data/cases.parquet" in done.stderr  # the stage itself ran


def test_a_folder_without_a_pipeline_takes_any_copy(copies, tmp_path):
    shutil.copy(ROOT / "params.yaml", tmp_path)
    done = python("-m", "pipeline.split", folder=tmp_path, path=[copies[0]])
    assert "data/cases.parquet" in done.stderr


@pytest.mark.parametrize(
    "program", [("-P", "-m", "pipeline.leaks"), ("-P", "-c", COMMAND, "doctor")]
)
def test_a_package_of_the_same_name_is_one_sentence(copies, foreign, program):
    one, _ = copies
    done = python(*program, folder=one, path=[foreign, one])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert f"imports `radbank` from {one} but finds `features` at {foreign}" in done.stderr
    assert INSTALL in done.stderr


def test_a_pipeline_of_ones_own_is_one_sentence(copies, tmp_path):
    (tmp_path / "pipeline.py").touch()
    done = python("-P", "-c", COMMAND, "doctor", folder=tmp_path, path=[tmp_path, copies[0]])
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"finds `pipeline` at {tmp_path.resolve() / 'pipeline.py'}" in done.stderr


def test_the_doctor_goes_on_to_say_it(copies):
    one, other = copies
    done = python("-P", "-c", COMMAND, "doctor", folder=one, path=[other])
    assert done.returncode == 1
    assert INSTALL in " ".join(done.stdout.split())
    assert "checks failed (radbank" in done.stderr
