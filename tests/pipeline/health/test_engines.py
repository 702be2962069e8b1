import pytest

from features.engines import choice
from pipeline.health.engines import check_engine, check_engines


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Stand in a folder without any images yet."""
    monkeypatch.chdir(tmp_path)


def test_every_engine_is_looked_for(monkeypatch):
    monkeypatch.setattr(choice, "missing_compiler", lambda _: "a C++ compiler (g++)")
    found = {check.subject: check for check in check_engines()}
    assert list(found) == ["engine openvino", "engine compile", "engine eager"]
    assert found["engine eager"].status == "ok"
    assert found["engine compile"].status == "warn"
    assert "a C++ compiler (g++)" in found["engine compile"].finding


def test_the_choice_for_the_project_is_said_with_its_reason(here, params):
    check = check_engine(params)
    assert check.status == "ok"
    assert check.finding.startswith("openvino in ")
    assert "without a compiler" in check.finding


def test_what_cannot_be_would_stop_the_run(here, params):
    features = params.features.model_copy(update={"precision": "fp16"})
    check = check_engine(params.model_copy(update={"features": features}))
    assert check.status == "fail"
    assert "fp16 is for GPUs" in check.finding
