from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.study.cells import finished


@pytest.fixture
def project(tiny, monkeypatch, changed_params):
    """Make the tiny project the current folder, with all settings that the command reads."""
    monkeypatch.chdir(tiny.root)
    changed_params({"backbone": "one", "evaluate": {"bootstrap": 100}})
    tiny.git("commit", "--quiet", "--all", "--message", "Settings")
    return tiny


def test_a_study_ends_in_its_leaderboard_and_two_pages(project, capsys):
    main(["study", "--backbones", "one,inception_v3"])
    printed = capsys.readouterr()
    assert "one (1 of 2): extract" in printed.err
    for words in ("best on validation", "Which head?", "study.html and study.md say more."):
        assert words in printed.out
    page, text = (Path(name).read_text("utf-8") for name in ("study.html", "study.md"))
    for question in ("Which backbone?", "Which head?", "Is fine-tuning worth it?"):
        assert question in page
        assert f"## {question}" in text
    for claim in ("on several backbones", "more accurate", "Inception v3 is best"):
        assert claim in page
        assert claim in text
    assert "radbank study --backbones one,inception_v3" in text
    assert "<script" not in page
    before = len(project.noted)
    main(["study", "--backbones", "one,inception_v3"])
    assert len(project.noted) == before
    assert Path("study.md").read_text("utf-8") == text


def test_a_change_of_the_data_set_makes_a_backbone_anew(project, changed_params, tmp_path):
    images = tmp_path / "images"
    (images / "elsewhere").mkdir(parents=True)
    (images / "root").mkdir()
    (images / "root/well").symlink_to("../elsewhere")
    (images / "elsewhere/a.png").write_bytes(b"a")
    changed_params(
        {
            "backbone": "one",
            "evaluate": {"bootstrap": 100},
            "data": {"root": str(images / "root"), "groups": None},
        }
    )
    for content, experiments in ((b"b", 1), (b"c", 2), (b"c", 2)):
        (images / "elsewhere/b.png").write_bytes(content)
        main(["study", "--backbones", "one"])
        assert len(finished(project.root)) == experiments


def test_frozen_arms_alone_leave_the_last_question_open(project, capsys):
    main(["study", "--backbones", "one", "--arms", "frozen"])
    assert not any("finetune" in line for line in project.noted)
    assert "Is fine-tuning worth it? No answer" in " ".join(capsys.readouterr().out.split())


def test_a_backbone_without_results_is_an_error_after_the_others(project, capsys):
    with pytest.raises(SystemExit):
        main(["study", "--backbones", "broken,one"])
    error = capsys.readouterr().err
    assert "1 of 2 backbones have no results: broken: there are no weights of broken" in error
    assert "one" in Path("study.md").read_text("utf-8")


def test_a_file_of_someone_else_is_not_replaced(project, capsys):
    Path("study.md").write_text("my notes\n")
    with pytest.raises(SystemExit):
        main(["study", "--backbones", "one"])
    assert "is no output of this command" in capsys.readouterr().err
    assert project.noted == []
