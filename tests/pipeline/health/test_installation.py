from importlib.metadata import PackageNotFoundError

import pytest

from pipeline.health import installation
from pipeline.health.installation import check_installation


def test_this_environment_is_complete():
    checks = list(check_installation())
    assert all(check.status != "fail" for check in checks)
    assert any("torch" in check.finding for check in checks if check.subject == "packages")


def pretend(monkeypatch, requirements, versions):
    def version(name):
        if name in versions:
            return versions[name]
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installation, "requires", lambda _: requirements)
    monkeypatch.setattr(installation, "version", version)


def test_what_is_missing_or_too_old_fails_with_the_command_that_mends_it(monkeypatch):
    requirements = ["torch>=2.6", "zarr>=3", "numpy>=2", "pytest>=8; extra == 'test'"]
    pretend(monkeypatch, requirements, {"torch": "1.9", "numpy": "2.1"})
    failing = {check.subject: check for check in check_installation() if check.status == "fail"}
    assert sorted(failing) == ["torch", "zarr"]
    assert "1.9, needed: torch>=2.6; run `python -m pip install 'torch>=2.6'`" in (
        failing["torch"].finding
    )
    assert "not installed" in failing["zarr"].finding


@pytest.mark.parametrize(("installed", "status"), [({"distributed": "2026.1"}, "ok"), ({}, "warn")])
def test_an_optional_package_only_warns(monkeypatch, installed, status):
    pretend(monkeypatch, [], installed)
    found = {check.subject: check.status for check in check_installation()}
    assert found["distributed"] == status
