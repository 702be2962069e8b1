import csv
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Pillow
from ruamel.yaml import YAML

from pipeline import ingest, prepare, split
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.images import open_images
from pipeline.artifacts.splits import read_splits
from radbank.errors import RadbankError

PARAMS = "params.yaml"


@pytest.fixture
def project(tmp_path, monkeypatch, request):
    """Return a function that sets ``data`` in a folder of its own and goes there."""
    source = request.config.rootpath / PARAMS

    def settings(**data):
        yaml = YAML()
        params = yaml.load(source)
        empty = {"groups": None, "group_pattern": None, "positive": None, "limit": None}
        lenient = {"max_quarantined": 0.5, "pseudonymise": False}
        params["data"] = {**params["data"], **empty, **lenient, **data}
        params["split"]["folds"] = 3
        yaml.dump(params, tmp_path / PARAMS)
        shutil.copy(source.parent / "joins.csv", tmp_path)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return settings


@pytest.fixture
def folders(tmp_path):
    """Return class folders of 24 patients with two images each, and four files to set aside."""
    rng = np.random.default_rng(0)
    root = tmp_path / "raw"
    for patient in range(24):
        for view in range(2):
            path = root / ("yes" if patient % 2 else "no") / f"p{patient:02d}-{view}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            shape = (60, 40 + patient)
            Pillow.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)).save(path)
    shutil.copy(root / "no/p00-0.png", root / "no/p02-2.png")  # joins two patients
    (root / "no/p04-2.png").write_bytes((root / "no/p04-0.png").read_bytes()[:500])
    Pillow.new("L", (40, 40), 9).save(root / "no/p06-2.png")
    (root / "yes/notes.txt").write_text("see /home/doe")
    (root / "stray.dcm").touch()
    return root


def quarantine():
    with Path("data/quarantine.csv").open(newline="") as file:
        return {row["path"]: row["reason"] for row in csv.DictReader(file)}


def run_all():
    ingest.main()
    prepare.main()
    split.main()


def test_from_folders_to_splits(project, folders, capsys):
    project(layout="folder", root="raw", group_pattern=r"(p\d+)")
    run_all()
    cases = read_cases("data/cases.parquet")
    assert cases.classes == ("no", "yes")
    assert len(cases.frame) == 49
    assert cases.frame["group"].nunique() == 24
    assert quarantine() == {
        "no/p04-2.png": "its pixels are truncated or damaged",
        "no/p06-2.png": "all its pixels have the same grey",
        "stray.dcm": "it lies outside the class folders and so has no label",
        "yes/notes.txt": "it is not a DICOM, PNG, JPEG or TIFF file",
    }
    with open_images("data/images.h5") as images:
        assert images.ids == cases.frame["id"].tolist()
        assert images.size == 63  # the longest side, for none is enlarged
        assert not images.synthetic
    splits = read_splits("data/splits.csv")
    assert splits.set_index("id")["group"].loc[["p02-1", "p02-2"]].tolist() == ["p00", "p00"]
    printed = capsys.readouterr().out
    assert "49 images of 24 patients: 25 no, 24 yes" in printed
    assert "4 files set aside" in printed
    assert "exact duplicates: 1, patients joined: 1" in printed
    for line in ("train", "validation", "test"):
        assert f"\n{line} " in printed


def test_files_in_which_the_pattern_finds_no_patient_are_counted_to_the_end(
    project, folders, capsys
):
    project(layout="folder", root="raw", group_pattern=r"(p0\d)")
    ingest.main()
    caution = "data.group_pattern finds 10 patients in 23 of 51 files"
    assert caution in capsys.readouterr().out
    assert caution in read_cases("data/cases.parquet").cautions[0]


def test_two_runs_give_equal_bytes(project, folders):
    project(layout="folder", root="raw", group_pattern=r"(p\d+)")
    outputs = ["data/cases.parquet", "data/quarantine.csv", "data/images.h5", "data/splits.csv"]
    written = []
    for _ in range(2):
        run_all()
        written.append([Path(name).read_bytes() for name in outputs])
    assert written[0] == written[1]


def test_a_limit_takes_whole_patients(project, folders):
    project(layout="folder", root="raw", group_pattern=r"(p\d+)", limit=11)
    ingest.main()
    frame = read_cases("data/cases.parquet").frame
    assert len(frame) <= 11
    assert set(frame["label"]) == {0, 1}


def test_one_class_left_is_an_error_that_counts_the_reasons(project, folders):
    for path in (folders / "yes").glob("*.png"):
        path.write_bytes(b"")
    project(layout="folder", root="raw")
    with pytest.raises(RadbankError, match=r"class yes.*24 because the file is empty"):
        ingest.main()


def test_ages_above_89_are_one_group(project, folders):
    ages = {
        "no/p00-1.png": "89",
        "no/p02-1.png": "91.5",
        "yes/p01-1.png": "104",
        "yes/p03-1.png": "",
    }
    rows = [f"{path},{path.split('/')[0]},{age}" for path, age in ages.items()]
    (folders / "manifest.csv").write_text("\n".join(["path,label,age", *rows]) + "\n")
    project(layout="manifest", root="raw")
    ingest.main()
    frame = read_cases("data/cases.parquet").frame.set_index("path")
    assert frame["age"].fillna(-1).to_dict() == dict(zip(ages, [89, 90, 90, -1], strict=True))


def test_a_file_that_broke_since_ingest_is_named(project, folders):
    project(layout="folder", root="raw")
    ingest.main()
    (folders / "no/p00-1.png").write_bytes(b"")
    with pytest.raises(RadbankError, match=r"file of p00-1 .* is not as .* \(the file is empty\)"):
        prepare.main()


def test_a_file_that_was_overwritten_since_ingest_is_named(project, folders):
    project(layout="folder", root="raw")
    ingest.main()
    shutil.copy(folders / "no/p00-0.png", folders / "no/p00-1.png")
    said = r"file of p00-1 .* \(it holds other pixels\): restore it, or run `dvc repro` again"
    with pytest.raises(RadbankError, match=said):
        prepare.main()


def test_images_of_other_cases_are_refused(project, folders):
    project(layout="folder", root="raw")
    ingest.main()
    prepare.main()
    (folders / "no/p00-1.png").unlink()
    ingest.main()
    with pytest.raises(RadbankError, match="other cases"):
        split.main()


def test_the_rsna_sample(project, shared_data, capsys):
    root = shared_data / "rsna"
    project(layout="rsna", root=str(root), groups=str(root / "nih_patient_map.csv"))
    ingest.main()
    cases = read_cases("data/cases.parquet")
    frame = cases.frame
    assert (len(frame), frame["group"].nunique(), int(frame["label"].sum())) == (260, 208, 96)
    assert quarantine() == {}
    assert not cases.synthetic
    assert frame["age"].between(1, 100).all()
    assert set(frame["sex"]) == {"F", "M"}
    assert set(frame["view"]) == {"AP", "PA"}
    assert set(zip(frame["height"], frame["width"], strict=True)) == {(1024, 1024)}
    assert frame["finding"].value_counts().to_dict() == {
        "No Lung Opacity / Not Normal": 112,
        "Lung Opacity": 96,
        "Normal": 52,
    }
    labels = pd.read_csv(root / "stage_2_train_labels.csv")
    boxes = frame.set_index("id")["boxes"].dropna()
    assert sum(map(len, boxes)) == labels["x"].notna().sum()
    assert set(boxes.index) == set(labels["patientId"][labels["Target"] == 1])
    targets = labels.groupby("patientId")["Target"].max()
    assert frame.set_index("id")["label"].to_dict() == targets.to_dict()
    positive = labels[labels["Target"] == 1].groupby("patientId")[["x", "y", "width", "height"]]
    assert {case: rows.to_numpy().tolist() for case, rows in positive} == boxes.to_dict()
    printed = capsys.readouterr()
    assert "Invalid" not in printed.out + printed.err
    assert "arning" not in printed.out + printed.err


def test_the_quarantine_is_written_where_no_file_is_found(project, tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/manifest.csv").write_text("path,label\na.png,no\nb.png,yes\n")
    project(layout="manifest", root="raw")
    said = (
        r"2 of 2 files that manifest\.csv names are not there, that of row 1 first.*lists 2 files"
    )
    with pytest.raises(RadbankError, match=said):
        ingest.main()
    assert set(quarantine()) == {"a.png", "b.png"}


def test_litter_is_listed_and_does_not_count(project, folders):
    for path in folders.rglob("*"):
        if path.name in {"p04-2.png", "p06-2.png", "stray.dcm"}:
            path.unlink()
    for name in ("Thumbs.db", "yes/desktop.ini", "no/._p00-0.png", "LICENSE"):
        (folders / name).write_bytes(b"x")
    os.mkfifo(folders / "no/pipe")
    project(layout="folder", root="raw", max_quarantined=0.0)
    ingest.main()
    assert set(quarantine()) == {
        "LICENSE", "Thumbs.db", "no/pipe", "yes/desktop.ini", "yes/notes.txt",
    }  # fmt: skip


def test_one_picture_under_two_labels_is_set_aside(project, folders, capsys):
    shutil.copy(folders / "no/p00-0.png", folders / "yes/copy.png")
    project(layout="folder", root="raw")
    ingest.main()
    reason = "its pixels are those of another file that has another label"
    found = {path for path, why in quarantine().items() if why == reason}
    assert found == {"no/p00-0.png", "no/p02-2.png", "yes/copy.png"}
    assert f"3 because {reason}" in capsys.readouterr().out
    assert len(read_cases("data/cases.parquet").frame) == 47


def test_only_asked_views_and_modalities_are_taken(project, folders, capsys):
    project(layout="folder", root="raw", accept={"modality": None, "view": ["pa"]})
    with pytest.raises(RadbankError, match=r"49 because its header names no view"):
        ingest.main()


def test_too_many_unusable_files_stop_the_run_with_the_reasons(project, folders):
    project(layout="folder", root="raw", max_quarantined=0.05)
    with pytest.raises(RadbankError) as caught:
        ingest.main()
    assert "5.8% of the files" in str(caught.value)
    assert "\n       1  it lies outside the class folders" in str(caught.value)
    assert len(quarantine()) == 4  # the list is there to be read


def test_file_names_that_are_no_text_are_set_aside(project, folders):
    shutil.copy(folders / "no/p00-0.png", os.fsencode(folders / "no") + b"/\xff\xfe.png")
    project(layout="folder", root="raw")
    ingest.main()
    assert quarantine()["no/\\udcff\\udcfe.png"] == "its name is not UTF-8"


def test_names_that_a_terminal_would_obey_are_set_aside(project, folders, capsys):
    shutil.copy(folders / "no/p00-0.png", folders / "no/p00-\x1b[2J.png")
    project(layout="folder", root="raw")
    ingest.main()
    reason = "its name, id, patient or label has a control character"
    assert quarantine()["no/p00-\\x1b[2J.png"] == reason
    assert "\x1b" not in capsys.readouterr().out


def test_a_class_that_a_terminal_would_obey_is_refused(project, folders):
    (folders / "no").rename(folders / "no\x1b[8m")
    project(layout="folder", root="raw")
    with pytest.raises(RadbankError, match=r"class 'no\\x1b\[8m' has a control character"):
        ingest.main()


def test_the_folder_layout_gets_pseudonyms(project, folders):
    project(layout="folder", root="raw", group_pattern=r"(p\d+)", pseudonymise="auto")
    run_all()
    frame = read_cases("data/cases.parquet").frame
    assert frame["group"].nunique() == 24
    assert not frame["id"].str.contains("p").any()
    assert frame["sha256"].is_monotonic_increasing
    assert "p00" not in Path("data/splits.csv").read_text()
