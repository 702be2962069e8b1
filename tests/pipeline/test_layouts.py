"""Every layout, from its files through ingest and prepare to a split."""

import csv
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

ROOT = Path(__file__).resolve().parents[2]
NONE = {"groups": None, "group_pattern": None, "positive": None, "limit": None}
OURS = {"pseudonymise": False, "max_quarantined": 0.5}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that takes ``data`` from the folder raw to a split."""
    monkeypatch.chdir(tmp_path)

    def stages(**data):
        yaml = YAML()
        params = yaml.load(ROOT / "params.yaml")
        params["data"] = {**params["data"], **NONE, **OURS, "root": "raw", **data}
        params["split"]["folds"] = 2
        yaml.dump(params, Path("params.yaml"))
        shutil.copy(ROOT / "joins.csv", "joins.csv")
        for stage in (ingest, prepare, split):
            stage.main()
        return read_cases("data/cases.parquet"), pd.read_csv("data/splits.csv", dtype=str)

    return stages


def draw(paths):
    rng = np.random.default_rng(0)
    for path in paths:
        Path("raw", path).parent.mkdir(parents=True, exist_ok=True)
        Pillow.fromarray(rng.integers(0, 256, (40, 40), dtype=np.uint8)).save(Path("raw", path))


def write(name, rows):
    with Path("raw", name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def test_folders_of_tiff_with_their_own_splits(run):
    sizes = {"train": 8, "Validation": 3, "test": 3}
    draw(
        f"{s}/{c}/{s}{c}{i}.tif" for s, n in sizes.items() for c in ("no", "yes") for i in range(n)
    )
    _, splits = run(layout="folder")
    assert splits["split"].value_counts().to_dict() == {"train": 16, "validation": 6, "test": 6}
    assert (splits["id"].str.startswith("test") == (splits["split"] == "test")).all()


@pytest.mark.parametrize("suffix", ["png", "jpeg", "tiff"])
def test_a_manifest_of_three_classes(run, capsys, suffix):
    paths = [f"{i}.{suffix}" for i in range(36)]
    draw(paths)
    rows = [(path, "abc"[i % 3], f"p{i // 2}", 20 + i) for i, path in enumerate(paths)]
    write("manifest.csv", [("path", "label", "group", "age"), *rows, ("gone.png", "a", "p", 1)])
    cases, splits = run(layout="manifest")
    assert cases.classes == ("a", "b", "c")
    assert cases.frame["group"].nunique() == 18
    assert cases.frame.set_index("path")["age"][f"7.{suffix}"] == 27
    findings = cases.frame.set_index("path")["findings"]
    assert [list(findings[path]) for path in paths[:3]] == [["a"], ["b"], ["c"]]
    assert splits.groupby("group")["split"].nunique().eq(1).all()
    printed = capsys.readouterr().out
    assert "36 images of 18 patients: 12 a, 12 b, 12 c" in printed
    assert "1 files set aside: 1 because the manifest names it but there is no file" in printed
    assert " a / b / c" in printed
    with open_images("data/images.h5") as images:
        assert len(images.ids) == 36


def test_one_class_of_a_manifest_against_the_rest(run):
    paths = [f"{i}.png" for i in range(36)]
    draw(paths)
    write("manifest.csv", [("path", "label"), *((p, "abc"[i % 3]) for i, p in enumerate(paths))])
    cases, _ = run(layout="manifest", positive="b")
    assert cases.classes == ("not b", "b")
    assert cases.frame["label"].sum() == 12
    assert set(cases.frame["finding"]) == {"a", "b", "c"}


def test_nih_with_its_official_test_set(run):
    names = [f"{i // 2:08d}_{i % 2:03d}.png" for i in range(40)]
    draw(f"images/{name}" for name in names)
    findings = ["No Finding", "Pneumonia|Effusion", "Effusion", "Pneumonia"]
    head = ["Image Index", "Finding Labels", "Follow-up #", "Patient ID", "Patient Age"]
    rows = [
        (name, findings[i // 2 % 4], i % 2, i // 2, f"{20 + i:03d}Y", "FM"[i // 2 % 2], "PA")
        for i, name in enumerate(names)
    ]
    write("Data_Entry_2017.csv", [(*head, "Patient Gender", "View Position"), *rows])
    Path("raw/train_val_list.txt").write_text("\n".join(names[:28]))
    Path("raw/test_list.txt").write_text("\n".join(names[28:]))
    cases, splits = run(layout="nih", positive="Pneumonia")
    assert cases.classes == ("not Pneumonia", "Pneumonia")
    assert cases.frame["label"].sum() == 20
    assert cases.frame["sex"].value_counts().to_dict() == {"F": 20, "M": 20}
    assert cases.frame.set_index("id")["age"][[name[:-4] for name in names[:2]]].tolist() == [
        20,
        21,
    ]
    assert set(splits.loc[splits["split"] == "test", "id"]) == {name[:-4] for name in names[28:]}
    assert set(splits["split"]) == {"train", "validation", "test"}
