"""radbank reread: from suspects to a sheet, and from a filled sheet to labels."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Pillow
from ruamel.yaml import YAML

from pipeline import ingest, prepare, split
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.splits import read_splits
from pipeline.cli import main

SUSPECTS = 4


@pytest.fixture
def project(tmp_path, monkeypatch, request):
    """Return a project that is split, with suspects in every split."""
    rng = np.random.default_rng(0)
    for patient in range(60):
        path = tmp_path / "raw" / ("yes" if patient % 2 else "no") / f"p{patient:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Pillow.fromarray(rng.integers(0, 256, (60, 50), dtype=np.uint8)).save(path)
    monkeypatch.chdir(tmp_path)
    source = request.config.rootpath
    shutil.copy(source / "joins.csv", ".")
    params = YAML().load(source / "params.yaml")
    params["data"] |= {"layout": "folder", "root": "raw", "groups": None}
    YAML().dump(params, Path("params.yaml"))
    again()
    table = read_cases("data/cases.parquet").frame[["id", "group", "label"]]
    table = table.merge(read_splits("data/splits.csv")[["id", "split"]], on="id")
    chosen = table.groupby("split").head(SUSPECTS).assign(probability=0.5)
    Path("curves/limits").mkdir(parents=True)
    chosen.to_csv("curves/limits/suspects.csv", index=False)
    return chosen


def again():
    ingest.main()
    prepare.main()
    split.main()


def refused(capsys, *arguments):
    with pytest.raises(SystemExit):
        main(["reread", *arguments])
    return capsys.readouterr().err


def fill(reading):
    sheet = pd.read_csv("reading/sheet.csv", dtype=str, sep=None, engine="python")
    sheet["reading"], sheet["reader"] = reading, "me"
    sheet.to_csv("reading/sheet.csv", index=False, sep=";")


def test_readings_become_labels_and_no_image_changes_its_split(project, capsys):
    main(["reread", "--to", "reading"])
    assert (
        f"{4 * SUSPECTS} images to read, {2 * SUSPECTS} of them suspect" in capsys.readouterr().out
    )
    key = pd.read_csv("reading/key.csv", dtype=str)
    before, splits = read_cases("data/cases.parquet"), Path("data/splits.csv").read_bytes()
    split_of = read_splits("data/splits.csv").set_index("id")["split"]
    assert set(split_of[key["id"]]) == {"train", "validation"}
    paths = before.frame.set_index("id")["path"]
    for row in key.itertuples():
        shown = np.asarray(Pillow.open(Path("reading/images") / row.image))
        assert (shown == np.asarray(Pillow.open(Path("raw") / paths[row.id]))).all()

    fill("yes")
    main(["reread", "--from", "reading"])
    out = capsys.readouterr().out
    assert "Another label than given:" in out
    assert "Set data.readings: readings.csv in params.yaml" in out
    yaml = YAML()
    params = yaml.load(Path("params.yaml"))
    params["data"]["readings"] = "readings.csv"
    yaml.dump(params, Path("params.yaml"))
    again()
    assert "A second reading changed the labels of" in capsys.readouterr().out
    after = read_cases("data/cases.parquet")
    assert Path("data/splits.csv").read_bytes() == splits
    assert after.given_labels.tolist() == before.frame["label"].tolist()
    read = after.frame["id"].isin(key["id"])
    assert set(after.frame["label"][read]) == {1}
    assert (after.frame["label"][~read] == before.frame["label"][~read]).all()

    # the suspects that were read are not asked for again; those of test only if told
    assert "no suspect label to read again" in refused(capsys, "--to", "second")
    main(["reread", "--to", "second", "--with-test"])


def test_a_reading_that_contradicts_an_earlier_one_is_refused(project, capsys):
    main(["reread", "--to", "reading", "--limit", "1"])
    fill("yes")
    main(["reread", "--from", "reading"])
    before = Path("readings.csv").read_bytes()
    fill("no")
    said = refused(capsys, "--from", "reading")
    assert "was read as yes before (readings.csv) and as no now" in said
    assert Path("readings.csv").read_bytes() == before
    assert "--limit is 0" in refused(capsys, "--to", "other", "--limit", "0")
