import shutil
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.commands.doctor import table
from pipeline.health import examine
from pipeline.health.check import fail, ok, warn

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a folder that looks like the project's, for a machine on which all is well."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "params.yaml", tmp_path)
    for name in ("check_installation", "check_machine", "check_engines", "check_decoders"):
        monkeypatch.setattr(examine, name, lambda: [ok("machine", "fine")])
    for name in ("check_git", "check_dvc"):
        monkeypatch.setattr(examine, name, lambda: ok("git", "fine"))
    return tmp_path


def test_a_ready_project_passes(project, capsys):
    main(["doctor"])
    said = capsys.readouterr().out
    assert "Nothing stands in the way of `dvc repro`." in said
    assert "efficientnet-lite0-57934424.pth in the package" in " ".join(said.split())


def test_what_would_fail_sets_the_exit_status(project, capsys):
    path = project / "params.yaml"
    path.write_text(path.read_text().replace("data/raw/demo", "elsewhere"))
    with pytest.raises(SystemExit) as end:
        main(["doctor"])
    assert end.value.code == 1
    out, err = capsys.readouterr()
    assert "fail" in out
    assert "1 of" in err
    assert "(data)" in err


def test_bad_params_are_one_finding(project, capsys):
    (project / "params.yaml").write_text("backbone: 3\n")
    with pytest.raises(SystemExit):
        main(["doctor"])
    assert "(params.yaml)" in capsys.readouterr().err


def test_an_address_of_a_cluster_is_tried(project, monkeypatch, capsys):
    path = project / "params.yaml"
    path.write_text(path.read_text().replace("scheduler: null", "scheduler: not an address"))
    with pytest.raises(SystemExit):
        main(["doctor"])
    assert "(cluster)" in capsys.readouterr().err


def test_each_status_is_a_word():
    rows = table([ok("a", "1"), warn("b", "2"), fail("c", "3")])
    assert list(rows.columns[0].cells) == ["ok", "warn", "fail"]
