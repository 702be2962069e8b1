"""What identifies a person stays in the files: it is planted, and looked for in all that leaves."""

import os
from pathlib import Path

import pytest
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
