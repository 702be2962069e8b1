"""The cohort on disk: files, tables and the note that none of it is real."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from pipeline.phantom.dicom import write_dicom
from pipeline.phantom.plan import CohortPlan, Damage, ImagePlan
from pipeline.phantom.radiograph import OPACITY, Radiograph, build_tissue, take_radiograph
from radbank.files import atomic_path, write_text
from radbank.progress import track

IMAGE_FOLDER = "stage_2_train_images"
LABELS = "stage_2_train_labels.csv"
CLASSES = "stage_2_detailed_class_info.csv"
PATIENTS = "patients.csv"

README = """\
Synthetic chest radiographs, drawn by radbank (python -m pipeline.demo). No real person is shown.

The layout is that of the RSNA Pneumonia Detection Challenge, stage 2: one DICOM file an image,
one row a box in {labels}, one row a box in {classes}. As there,
`patientId` names an image; {patients} says which images show the same (synthetic) patient.
Three files are broken on purpose: cut off, not DICOM, constant.

Nothing measured on these pictures says anything about medicine: they show that the program works.
"""


def write_cohort(folder: str | Path, plan: CohortPlan) -> None:
    """Write a planned cohort; equal plans give equal bytes.

    Parameters
    ----------
    folder
        Where to; what was there before is replaced once all is written.
    plan
        Who and what, from :func:`pipeline.phantom.plan.plan_cohort`.
    """
    with atomic_path(folder) as temporary:
        (temporary / IMAGE_FOLDER).mkdir(parents=True)
        labels, classes, patients = [], [], []
        taken = track(_take(plan), "demo", total=len(plan.images))
        for image, radiograph in taken:
            path = temporary / IMAGE_FOLDER / f"{image.id}.dcm"
            _write_image(path, image, plan, radiograph)
            boxes = [",".join(map(str, box)) for box in radiograph.boxes] or [",,,"]
            target = int(image.finding == OPACITY)
            labels += [f"{image.id},{box},{target}" for box in boxes]
            classes += [f"{image.id},{image.finding}" for _ in boxes]
            patients.append(f"{image.id},{image.group}")
        _write_table(temporary / LABELS, "patientId,x,y,width,height,Target", labels)
        _write_table(temporary / CLASSES, "patientId,class", classes)
        _write_table(temporary / PATIENTS, "id,group", patients)
        note = README.format(labels=LABELS, classes=CLASSES, patients=PATIENTS)
        write_text(temporary / "README.txt", note)


def _take(plan: CohortPlan) -> Iterator[tuple[ImagePlan, Radiograph]]:
    """Take the radiographs, person by person."""
    sitter = -1
    for image in plan.images:
        person = plan.people[image.person]
        if image.person != sitter:
            sitter, tissue = image.person, build_tissue(person)
        rng = np.random.default_rng(image.seed)
        yield (
            image,
            take_radiograph(
                person, tissue, finding=image.finding, view=image.view, size=image.size, rng=rng
            ),
        )


def _write_image(path: Path, image: ImagePlan, plan: CohortPlan, radiograph: Radiograph) -> None:
    """Write one file, broken if the plan says so."""
    brightness = radiograph.brightness
    if image.damage == "constant":
        brightness = np.full_like(brightness, 0.5)
    write_dicom(path, image, plan.people[image.person].sex, brightness)
    _damage(path, image.damage)


def _damage(path: Path, damage: Damage | None) -> None:
    """Break a good file from outside."""
    if damage == "truncated":
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) * 3 // 5])
    elif damage == "not_dicom":
        path.write_text("This file is broken on purpose: it is text, not DICOM.\n", newline="\n")


def _write_table(path: Path, header: str, rows: Iterable[str]) -> None:
    """Write a CSV file sorted by id; rows of one id keep their order."""
    ordered = sorted(rows, key=lambda row: row.split(",", 1)[0])
    write_text(path, "\n".join([header, *ordered]) + "\n")
