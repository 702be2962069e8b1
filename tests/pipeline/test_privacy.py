"""What identifies a person stays in the files: it is planted, and looked for in all that leaves."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image
from pydicom import dcmread
from ruamel.yaml import YAML

from pipeline import demo, ingest, prepare, split
from pipeline.imaging.quiet import quiet
from pipeline.imaging.read import UnreadableImage, read_image

PLANTED = {
    "PatientName": "Zorblatt^Quixandra",
    "OtherPatientNames": "Zorblatt^Maiden",
    "PatientID": "MRN7766554",
    "PatientBirthDate": "19481203",
    "AccessionNumber": "ACC9988776",
    "InstitutionName": "Saint Fabulous Hospital",
    "InstitutionAddress": "17 Fabulous Lane",
    "ReferringPhysicianName": "Grimble^Hortensia",
    "PatientComments": "known to Doctor Grimble",
    "StudyDate": "20190228",
}
SECRETS = [
    part.encode(encoding)
    for value in PLANTED.values()
    for part in value.split("^")
    for encoding in ("utf-8", "utf-16-le")
]


@pytest.fixture
def cohort(tmp_path, monkeypatch, request):
    """Return the folder of a small demo cohort with planted names, some files damaged."""
    yaml = YAML()
    params = yaml.load(request.config.rootpath / "params.yaml")
    params["demo"] = {"images": 36, "patients": 24}
    params["split"]["folds"] = 2
    params["data"]["max_quarantined"] = 0.6
    params["data"]["accept"] = {"modality": ["CR"], "view": None}
    yaml.dump(params, tmp_path / "params.yaml")
    (tmp_path / "joins.csv").write_text("id_a,id_b\n")
    monkeypatch.chdir(tmp_path)
    demo.main()
    files = sorted(Path("data/raw/demo/stage_2_train_images").glob("*.dcm"))
    with quiet():  # of warnings that the planted values are not allowed where they are
        for number, path in enumerate(files):
            try:
                dataset = dcmread(path)
            except Exception:  # noqa: BLE001 - the demo's own broken files stay as they are
                continue
            for keyword, value in PLANTED.items():
                setattr(dataset, keyword, value)
            if number % 6 == 0:  # values where the pipeline reads words, and names among them
                dataset.ViewPosition = "Zorblatt"
                dataset.Modality = "GRIMBLE"
                dataset.PatientSex = "Fabulous"
            dataset.save_as(path)
            if number % 7 == 3:
                path.write_bytes(path.read_bytes()[:-3000])
    return files


def test_nothing_planted_leaves_the_files(cohort, tmp_path, capfd, caplog):
    caplog.set_level("DEBUG")
    for stage in (ingest, prepare, split):
        stage.main()
    for path in cohort:
        try:
            read_image(path)
        except UnreadableImage as reason:
            print(reason)
    printed = capfd.readouterr()
    leaves = {
        "standard output": printed.out.encode(),
        "standard error": printed.err.encode(),
        "log": caplog.text.encode(),
    }
    home = Path(os.environ["RADBANK_HOME"])
    for folder in (tmp_path, home):
        for path in folder.rglob("*"):
            if path.is_file() and "raw" not in path.parts:
                leaves[path.name] = path.read_bytes()
    assert {"cases.parquet", "images.h5", "quarantine.csv", "splits.csv"} <= leaves.keys()
    found = {name for name, content in leaves.items() for secret in SECRETS if secret in content}
    assert found == set()
    assert any(secret in cohort[0].read_bytes() for secret in SECRETS)  # they were planted


NAME = "Zorblatt"
UUIDS = [f"0004cfab-14fd-4e49-80ba-63a80b6b{n:04x}" for n in range(24)]


def draw(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(abs(hash(path.name))).integers(0, 256, (40, 40), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def lay_out(layout, root):
    """Write 24 images, two of each patient, with the name wherever the layout lets one stand."""
    patients = [f"{NAME}-{n // 2}" for n in range(24)]
    if layout == "folder":
        for n, patient in enumerate(patients):
            draw(root / ("ill" if n % 4 > 1 else "well") / patient / f"{NAME}_{n}.png")
        draw(root / f"{NAME}.png")
        return {"group_pattern": rf"({NAME}-\d+)/"}
    if layout == "manifest":
        lines = [f"path,label,id,group,{NAME}"]
        for n, patient in enumerate(patients):
            draw(root / f"{NAME}_{n}.png")
            label = "ill" if n % 4 > 1 else "well"
            lines.append(f"{NAME}_{n}.png,{label},{NAME}{n},{patient},{NAME}")
        lines.append(f"{NAME}_gone.png,ill,{NAME}gone,{NAME},{NAME}")
        (root / "manifest.csv").write_text("\n".join(lines))
        return {}
    (root / "map.csv").write_text(
        "id,patient\n"
        + "".join(
            f"{case if layout == 'rsna' else f'{n:08}_000'},{patient}\n"
            for n, (case, patient) in enumerate(zip(UUIDS, patients, strict=True))
        )
    )
    if layout == "rsna":
        lines = [f"patientId,x,y,width,height,Target,{NAME}"]
        for n, case in enumerate(UUIDS):
            draw(root / f"stage_2_train_images/{case}.png")
            (root / f"stage_2_train_images/{case}.png").rename(
                root / f"stage_2_train_images/{case}.dcm"
            )
            lines.append(f"{case},,,,,{int(n % 4 > 1)},{NAME}")
        draw(root / f"stage_2_train_images/{NAME}.png")
        (root / "stage_2_train_labels.csv").write_text("\n".join(lines))
    else:
        lines = [
            "Image Index,Finding Labels,Patient ID,Patient Age,Patient Gender,View Position," + NAME
        ]
        for n in range(24):
            draw(root / f"images/{n:08}_000.png")
            finding = "Pneumonia" if n % 4 > 1 else "No Finding"
            lines.append(f"{n:08}_000.png,{finding},{n},058Y,{NAME},{NAME},{NAME}")
        draw(root / f"images/{NAME}.png")
        (root / f"Data_Entry_2017_{NAME}.csv").write_text("\n".join(lines))
    return {"groups": str(root / "map.csv")}


@pytest.mark.parametrize("layout", ["folder", "manifest", "rsna", "nih"])
def test_names_in_files_folders_and_tables_stay_where_they_are_needed(
    layout, tmp_path, monkeypatch, request, capfd
):
    root = tmp_path / "raw"
    root.mkdir()
    yaml = YAML()
    params = yaml.load(request.config.rootpath / "params.yaml")
    params["split"]["folds"] = 2
    params["data"] |= {"layout": layout, "root": str(root), "groups": None, "max_quarantined": 0.5}
    params["data"]["positive"] = "Pneumonia" if layout == "nih" else None
    params["data"] |= lay_out(layout, root)
    yaml.dump(params, tmp_path / "params.yaml")
    (tmp_path / "joins.csv").write_text("id_a,id_b\n")
    monkeypatch.chdir(tmp_path)
    for stage in (ingest, prepare, split):
        stage.main()
    printed = capfd.readouterr()
    assert NAME not in printed.out + printed.err
    cases = pd.read_parquet("data/cases.parquet")
    assert cases["group"].nunique() == 12
    assert NAME not in cases.drop(columns="path").to_csv()
    assert NAME not in str(pq.read_schema("data/cases.parquet").metadata)
    quarantine = pd.read_csv("data/quarantine.csv")
    assert NAME not in quarantine.drop(columns="path").to_csv()
    for path in Path("data").rglob("*"):
        if path.is_file() and path.name not in {"cases.parquet", "quarantine.csv"}:
            assert NAME.encode() not in path.read_bytes()
