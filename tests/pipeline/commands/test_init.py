"""radbank init: a folder of any kind becomes settings with which ingest runs."""

import difflib
import shutil
from pathlib import Path

import pytest
from dvc.utils.hydra import apply_overrides
from PIL import Image as Pillow

from pipeline import ingest
from pipeline.artifacts.cases import read_cases
from pipeline.cli import main
from pipeline.params import load_params


@pytest.fixture
def project(tmp_path, monkeypatch, request):
    """Return a folder with params.yaml, the current one."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(request.config.rootpath / "params.yaml", folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def images(tmp_path):
    """Return a function that writes images of 40 patients, two each, by a pattern of paths."""

    def write(pattern, root="Röntgen study [2024] (a=b~)"):
        for patient in range(40):
            for view in range(2):
                name = pattern.format(("normal", "opacity")[patient % 2], patient, view)
                path = tmp_path / root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                Pillow.effect_noise((40, 44), 60 + patient).save(path)
        return tmp_path / root

    return write


def changed_lines(before, after):
    diff = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in diff if line.startswith("+")]


@pytest.mark.parametrize(
    ("pattern", "official"),
    [
        ("{0}/p{1:02}-{2}.png", set()),
        ("{0}/p{1:02}/{2}.png", set()),
        ("train/{0}/p{1:02}_{2}.png", {"train"}),
    ],
)
def test_folders_are_taken_for_what_they_are_and_ingest_runs(
    project, images, capsys, pattern, official
):
    if official:
        images(pattern.replace("train", "test").replace("p{1", "q{1"))
    root = images(pattern)
    main(["init", str(root)])
    shown = capsys.readouterr().out
    assert "layout folder" in shown
    n = 80 if official else 40
    assert f"{n} patients" in shown
    assert "Patients are guessed from paths" in shown
    data = load_params().data
    assert (data.root, data.groups, data.positive) == (str(root), None, None)
    ingest.main()
    frame = read_cases("data/cases.parquet").frame
    assert frame["group"].nunique() == n
    assert set(frame["official_split"].dropna()) >= official


def test_what_is_written_is_in_the_form_in_which_dvc_rewrites_it(project, images):
    root = images("{0}/p{1:02}-{2}.png")
    main(["init", str(root)])
    before = Path("params.yaml").read_text()
    apply_overrides("params.yaml", ["data.limit=7"])
    after = Path("params.yaml").read_text()
    (line,) = changed_lines(before, after)
    assert "limit: 7" in line
    assert "# take this many images only" in after


def test_a_table_of_patients_a_pattern_or_none_may_be_given(project, images, tmp_path):
    root = images("{0}/p{1:02}-{2}.png")
    main(["init", str(root), "--patients", r"p\d", "--positive", "normal"])
    data = load_params().data
    assert (data.group_pattern, data.positive) == (r"p\d", "normal")
    main(["init", str(root), "--patients", "none"])
    assert load_params().data.group_pattern is None
    table = tmp_path / "patients.csv"
    ids = sorted(path.stem for path in root.rglob("*.png"))
    table.write_text("id,patient\n" + "".join(f"{name},{name[:3]}\n" for name in ids))
    main(["init", str(root), "--patients", str(table)])
    assert load_params().data.groups == str(table)
    shutil.copy(table, root)
    main(["init", str(root)])
    assert load_params().data.groups == str(root / "patients.csv")


def test_a_manifest_is_found_and_a_dry_run_writes_nothing(project, images, capsys):
    root = images("scans/{0}-{1:02}-{2}.png")
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.png"))
    rows = [f"{path},{Path(path).stem.split('-')[0]},{Path(path).stem[-4:-2]}" for path in paths]
    (root / "manifest.csv").write_text("path,label,group\n" + "\n".join(rows) + "\n")
    before = Path("params.yaml").read_bytes()
    main(["init", str(root), "--dry-run"])
    shown = capsys.readouterr().out
    assert "layout manifest" in shown
    assert "40 patients, by the layout" in shown
    assert Path("params.yaml").read_bytes() == before


def test_what_cannot_be_taken_is_said_in_a_sentence_and_changes_nothing(
    project, images, tmp_path, capsys
):
    (tmp_path / "empty").mkdir()
    before = Path("params.yaml").read_bytes()
    for arguments in (
        [str(tmp_path / "nowhere")],
        [str(tmp_path / "empty")],
        [str(images("{0}/p{1:02}-{2}.png")), "--patients", "x9"],
    ):
        with pytest.raises(SystemExit):
            main(["init", *arguments])
        assert capsys.readouterr().err.startswith("error: ")
        assert Path("params.yaml").read_bytes() == before
