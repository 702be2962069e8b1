"""The settings that the page shows."""

from pipeline.params import Params
from pipeline.reporting.sections.provenance import flat


def test_settings_are_written_as_in_yaml(params: Params) -> None:
    shown = dict(flat(params.model_dump()))
    assert shown["data.layout"] == "rsna"
    assert shown["data.positive"] == "null"
    assert shown["split.join"] == "joins.csv"
    assert shown["weights"] == "imagenet"


def test_paths_and_patterns_are_not_shown(params: Params) -> None:
    settings = params.model_dump()
    settings["data"] |= {
        "root": "zorblatt",
        "groups": "zorblatt.csv",
        "group_pattern": "(zorblatt)",
    }
    settings["split"]["join"] = "/home/zorblatt/joins.csv"
    settings["weights"] = "/home/zorblatt/weights.pth"
    assert "zorblatt" not in str(flat(settings))
    settings["data"]["groups"] = None
    assert dict(flat(settings))["data.groups"] == "null"
