"""The demo stage as DVC runs it."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline import demo
from pipeline.paths import DEMO
from radbank.errors import RadbankError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a function that makes a project folder with a demo cohort of some size."""

    def make(images, patients, root=str(DEMO)):
        yaml = YAML()
        params = yaml.load(ROOT / "params.yaml")
        params["demo"].update(images=images, patients=patients)
        params["data"]["root"] = root
        yaml.dump(params, tmp_path / "params.yaml")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return make


def test_the_stage_writes_the_cohort(project):
    folder = project(4, 2) / DEMO
    demo.main()
    assert len(list((folder / "stage_2_train_images").glob("*.dcm"))) == 7


def test_bad_numbers_write_nothing(project):
    folder = project(2, 4)
    with pytest.raises(RadbankError, match=r"demo\.patients"):
        demo.main()
    assert not (folder / DEMO).exists()


def test_beside_other_images_no_cohort_is_made(project, capsys):
    folder = project(4, 2, root="/data/own") / DEMO
    demo.main()
    assert [path.name for path in folder.iterdir()] == ["none.txt"]
    assert "data.root names other images" in capsys.readouterr().out
