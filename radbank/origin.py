"""Check that Python imports all packages of radbank from one place: the project in use."""

import sys
from importlib.util import find_spec
from pathlib import Path

from radbank.errors import RadbankError

PACKAGES = ("radbank", "pipeline", "features", "heads")
STAGE = "cmd: python -m pipeline."


def check_packages() -> Path:
    """Return the folder that all packages are imported from, without importing any.

    The names `pipeline`, `features` and `heads` are common, so that a package of someone else's,
    or of another copy of radbank, can come first on Python's path.

    Raises
    ------
    RadbankError
        If one of them is imported from elsewhere than `radbank`: the sentence names both places.
    """
    here = Path(__file__).resolve().parent.parent
    for name in PACKAGES:
        found = _find(name)
        if found != here / name:
            raise RadbankError(
                f"Python imports `radbank` from {here} but finds "
                + (f"`{name}` at {found}" if found else f"no `{name}`")
                + f": run `python -m pip install -e .` in radbank's folder, or, where {name} is a "
                "project of your own, take it out of PYTHONPATH and of the current folder."
            )
    return here


def check_folder(folder: Path) -> Path:
    """Check the packages; if `folder` is a project of radbank, they must be that project's own.

    Parameters
    ----------
    folder
        The current folder. If it has no `dvc.yaml` of radbank's, any copy of the packages will do.

    Raises
    ------
    RadbankError
        If the packages come from several places, or the project's own are not those imported.
    """
    here, folder = check_packages(), folder.resolve()
    if here != folder and is_project(folder):
        raise RadbankError(
            f"The dvc.yaml in {folder} goes with the packages beside it, but Python imports "
            f"radbank from {here}: run `python -m pip install -e .` in this folder, or activate "
            "its environment."
        )
    return here


def is_project(folder: Path) -> bool:
    """Tell whether a folder has a `dvc.yaml` that runs stages of radbank."""
    try:
        return STAGE in (folder / "dvc.yaml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def stop_unless_together() -> None:
    """End the program with one sentence and exit status 1 if :func:`check_packages` fails."""
    try:
        check_packages()
    except RadbankError as error:
        sys.exit(f"error: {error}")


def _find(name: str) -> Path | None:
    """Return the folder of a package; None where there is none, or its file where it is one."""
    spec = find_spec(name)
    if spec is None:
        return None
    if spec.submodule_search_locations is None:
        return Path(spec.origin).resolve() if spec.origin else None
    return Path(next(iter(spec.submodule_search_locations))).resolve()
