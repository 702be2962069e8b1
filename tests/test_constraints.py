import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]


def pinned(name):
    lines = (ROOT / name).read_text().splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(package): Version(version) for package, version in pairs}


def required():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    found = map(
        Requirement, (*project["dependencies"], *(line for some in extras for line in some))
    )
    return [each for each in found if each.name != "radbank"]


@pytest.mark.parametrize("requirement", required(), ids=lambda each: each.name)
def test_both_files_of_versions_hold_what_pyproject_asks_for(requirement):
    name = canonicalize_name(requirement.name)
    floor = Version(
        next(each.version for each in requirement.specifier if each.operator in {">=", "=="})
    )
    lowest = pinned("constraints-lowest.txt")[name]
    assert lowest in requirement.specifier
    assert lowest.release[: len(floor.release)] == floor.release
    assert pinned("constraints.txt")[name] in requirement.specifier
