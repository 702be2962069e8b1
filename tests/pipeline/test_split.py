import shutil

import numpy as np
import pytest
from PIL import Image as Pillow
from ruamel.yaml import YAML

from pipeline import ingest, prepare, split
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.splits import read_splits
from pipeline.paths import CASES, SPLITS


@pytest.fixture
def divide(tmp_path, monkeypatch, request):
    """Return a function: the split and fold of each image by its pixels, and all ids."""
    source = request.config.rootpath

    def run(key, name_of, name="{patient}-{view}.png"):
        project = tmp_path / f"{key}-{name_of('x', 0)}-{len(name)}"
        rng = np.random.default_rng(0)
        for patient in range(40):
            for view in range(1 + patient % 3):
                label = "yes" if patient % 2 else "no"
                path = (
                    project / "raw" / label / name.format(patient=name_of("p", patient), view=view)
                )
                path.parent.mkdir(parents=True, exist_ok=True)
                pixels = rng.integers(0, 256, (40, 40 + patient), dtype=np.uint8)
                Pillow.fromarray(pixels).save(path)
        yaml = YAML()
        params = yaml.load(source / "params.yaml")
        params["data"] |= {
            "layout": "folder",
            "root": "raw",
            "groups": None,
            "positive": "yes",
            "group_pattern": r"(p\d+)",
            "pseudonymise": "auto",
            "limit": None,
        }
        params["split"]["folds"] = 3
        yaml.dump(params, project / "params.yaml")
        shutil.copy(source / "joins.csv", project)
        monkeypatch.chdir(project)
        monkeypatch.setenv("RADBANK_HOME", str(tmp_path / key))
        for stage in (ingest, prepare, split):
            stage.main()
        cases = read_cases(CASES).frame
        table = read_splits(SPLITS)
        assert table["id"].tolist() == cases["id"].tolist()
        places = zip(table["split"], table["fold"], strict=True)
        return dict(zip(cases["sha256"], places, strict=True)), set(table["id"])

    return run


def plain(kind, number):
    return f"{kind}{number}"


def backwards(kind, number):
    return f"{kind}{999 - number if kind == 'p' else 'back'}"


def test_two_keys_divide_the_same_images_alike(divide):
    (one, ids), (other, other_ids) = divide("one", plain), divide("other", plain)
    assert ids.isdisjoint(other_ids)
    assert one == other


def test_other_names_of_files_and_patients_divide_the_same_images_alike(divide):
    (one, _), (other, _) = divide("one", plain), divide("one", backwards, "v{view}/{patient}.png")
    assert one == other
