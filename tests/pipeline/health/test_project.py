import shutil
import subprocess

import pytest

from pipeline.health import project
from pipeline.health.project import check_cluster, check_data, check_dvc, check_git
from radbank.errors import RadbankError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


def git(*arguments):
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def test_git_from_nothing_to_a_commit(folder):
    assert "git init" in check_git().finding
    git("init", "--initial-branch", "trunk")
    assert check_git().status == "warn"
    git("commit", "--allow-empty", "--message", "first")
    assert check_git().status == "ok"
    assert "trunk" in check_git().finding


def test_no_git_fails(folder, monkeypatch):
    monkeypatch.setattr(project.shutil, "which", lambda _: None)
    assert (check_git().status, check_dvc().status) == ("fail", "fail")


@pytest.mark.skipif(shutil.which("dvc") is None, reason="dvc is not on the PATH")
def test_dvc_from_nothing_to_a_pipeline(folder):
    assert "no dvc.yaml" in check_dvc().finding
    (folder / "dvc.yaml").touch()
    assert "dvc init" in check_dvc().finding
    (folder / ".dvc").mkdir()
    assert check_dvc().status == "ok"


def with_data(params, **values):
    data = params.data.model_copy(update={"groups": None, **values})
    return params.model_copy(update={"data": data})


def test_the_demo_cohort_need_not_be_there(folder, params):
    check = check_data(params)
    assert check.status == "ok"
    assert "the demo stage writes it" in check.finding


def test_data_that_are_not_there_fail(folder, params):
    assert check_data(with_data(params, root="elsewhere")).status == "fail"


def test_data_are_counted_by_class(folder, params):
    for path in ("no/1.png", "no/2.png", "yes/3.png"):
        (folder / "raw" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "raw" / path).touch()
    here = with_data(params, root="raw", layout="folder")
    assert check_data(here).finding == "raw, layout folder: 2 no, 1 yes"
    grouped = with_data(params, root="raw", layout="folder", groups="patients.csv")
    assert "patients.csv" in check_data(grouped).finding
    assert check_data(grouped).status == "fail"


def test_doubts_about_patients_are_told(folder, params):
    for path in ("no/p1.png", "no/x.png", "yes/p2.png"):
        (folder / "raw" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "raw" / path).touch()
    check = check_data(with_data(params, root="raw", layout="folder", group_pattern=r"p\d"))
    assert check.status == "warn"
    assert "2 patients in 2 of 3 files" in check.finding


def test_more_than_two_classes_are_counted_too(folder, params):
    (folder / "raw").mkdir()
    for name in "abc":
        (folder / "raw" / name).touch()
    (folder / "raw/manifest.csv").write_text("path,label\na,a\nb,b\nc,c\n")
    check = check_data(with_data(params, root="raw", layout="manifest"))
    assert check.status == "ok"
    assert check.finding == "raw, layout manifest: 1 a, 1 b, 1 c"


def test_a_cluster_must_answer(monkeypatch):
    assert check_cluster("not an address").status == "fail"

    def answers(function, items, *, scheduler):
        yield from map(function, items)

    monkeypatch.setattr(project, "ordered_map", answers)
    assert check_cluster("tcp://here:8786").status == "ok"


def test_a_cluster_out_of_reach_fails(monkeypatch):
    def silent(function, items, *, scheduler):
        raise RadbankError("No Dask scheduler answers.")

    monkeypatch.setattr(project, "ordered_map", silent)
    assert check_cluster("tcp://here:8786").finding == "No Dask scheduler answers."
