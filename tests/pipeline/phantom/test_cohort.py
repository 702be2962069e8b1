"""The cohort on disk."""

import csv
import hashlib
import warnings
from collections import defaultdict

import numpy as np
import pydicom
import pytest
from pydicom.errors import InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from pipeline.phantom.cohort import CLASSES, IMAGE_FOLDER, LABELS, PATIENTS, write_cohort
from pipeline.phantom.plan import plan_cohort
from pipeline.phantom.radiograph import OPACITY

PLAN = plan_cohort(12, 6, 7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort") / "demo"
    write_cohort(folder, PLAN)
    return folder


def table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_layout(folder):
    assert {path.name for path in folder.iterdir()} == {
        IMAGE_FOLDER, LABELS, CLASSES, PATIENTS, "README.txt"
    }  # fmt: skip
    files = {path.name for path in (folder / IMAGE_FOLDER).iterdir()}
    assert files == {f"{image.id}.dcm" for image in PLAN.images}
    assert "Synthetic" in (folder / "README.txt").read_text()


def test_tables_have_the_rows_of_the_challenge(folder):
    labels, classes = table(folder / LABELS), table(folder / CLASSES)
    assert list(labels[0]) == ["patientId", "x", "y", "width", "height", "Target"]
    assert list(classes[0]) == ["patientId", "class"]
    finding = {image.id: image.finding for image in PLAN.images}
    for label, detail in zip(labels, classes, strict=True):
        assert label["patientId"] == detail["patientId"]
        assert detail["class"] == finding[label["patientId"]]
        assert (label["Target"] == "1") == (detail["class"] == OPACITY) == bool(label["x"])
    assert {row["patientId"] for row in labels} == set(finding)
    assert labels == sorted(labels, key=lambda row: row["patientId"])


def test_patients_have_several_images(folder):
    rows = table(folder / PATIENTS)
    assert {row["id"]: row["group"] for row in rows} == {i.id: i.group for i in PLAN.images}
    groups = defaultdict(list)
    for row in rows:
        groups[row["group"]].append(row["id"])
    assert len(groups) == 6
    assert max(map(len, groups.values())) > 1


def test_good_files_decode_and_agree_with_their_plan(folder):
    syntaxes = set()
    for image in PLAN.images:
        if image.damage:
            continue
        dataset = pydicom.dcmread(folder / IMAGE_FOLDER / f"{image.id}.dcm")
        assert dataset.pixel_array.shape == image.size
        assert dataset.SyntheticData == "YES"
        assert dataset.ViewPosition == image.view
        assert dataset.PatientSex == PLAN.people[image.person].sex
        syntaxes.add((dataset.file_meta.TransferSyntaxUID, dataset.BitsAllocated))
    assert syntaxes == {
        (JPEGBaseline8Bit, 8), (ExplicitVRLittleEndian, 8), (ExplicitVRLittleEndian, 16)
    }  # fmt: skip


def test_broken_files_are_broken_as_planned(folder):
    paths = {i.damage: folder / IMAGE_FOLDER / f"{i.id}.dcm" for i in PLAN.images if i.damage}
    with pytest.raises(ValueError, match="less than expected"):
        _ = pydicom.dcmread(paths["truncated"]).pixel_array
    with pytest.raises(InvalidDicomError):
        pydicom.dcmread(paths["not_dicom"])
    assert np.ptp(pydicom.dcmread(paths["constant"]).pixel_array) == 0


def test_a_second_run_writes_the_same_bytes(folder, tmp_path):
    write_cohort(tmp_path / "demo", PLAN)
    assert digests(tmp_path / "demo") == digests(folder)


def test_a_new_cohort_replaces_the_old(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "left.over").touch()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_cohort(tmp_path / "demo", plan_cohort(1, 1, 0))
    assert not (tmp_path / "demo" / "left.over").exists()
    assert len(list((tmp_path / "demo" / IMAGE_FOLDER).iterdir())) == 4
