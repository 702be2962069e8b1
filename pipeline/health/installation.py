"""Check that required packages are installed in supported versions."""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from pipeline.health.check import Check, fail, ok, warn
from radbank import __version__
from radbank.errors import RadbankError
from radbank.origin import check_folder

OPTIONAL = {"distributed": "cluster.scheduler: work spread over a Dask cluster"}


def check_installation() -> Iterator[Check]:
    """Compare what is installed with what the project's own metadata require."""
    yield ok("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    try:
        lines = requires("radbank") or []
    except PackageNotFoundError:
        yield fail("radbank", "not installed: run `python -m pip install -e .` in its folder")
        return
    yield _check_origin()
    wanted = [requirement for line in lines if not (requirement := Requirement(line)).marker]
    found = {requirement.name: _version(requirement.name) for requirement in wanted}
    yield from (
        fail(
            requirement.name,
            f"{found[requirement.name] or 'not installed'}, needed: {requirement}; run "
            f"`python -m pip install '{requirement}'`",
        )
        for requirement in wanted
        if not _fits(requirement, found[requirement.name])
    )
    fitting = [r.name for r in wanted if _fits(r, found[r.name])]
    yield ok("packages", ", ".join(f"{name} {found[name]}" for name in sorted(fitting)))
    for name, purpose in OPTIONAL.items():
        if present := _version(name):
            yield ok(name, present)
        else:
            yield warn(
                name,
                f"not installed (optional, for {purpose}): `python -m pip install -e '.[cluster]'`",
            )


def _check_origin() -> Check:
    """See whether the packages imported are those of the folder one works in."""
    try:
        folder = check_folder(Path.cwd())
    except RadbankError as error:
        return fail("radbank", str(error))
    return ok("radbank", f"{__version__} in {folder}")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _fits(requirement: Requirement, present: str | None) -> bool:
    return present is not None and requirement.specifier.contains(present, prereleases=True)
