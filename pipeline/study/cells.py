"""The cells of a study: what each is made of, and whether it is finished."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dvc.dependency import ParamsDependency
from dvc.exceptions import DvcException
from dvc.repo import Repo
from ruamel.yaml import YAML

from radbank.errors import RadbankError
from radbank.files import sha256_file

FROZEN = "frozen"
_DIGITS = 8  # of a cell's hash in its name


@dataclass(frozen=True)
class StudyCell:
    """One backbone with all that is trained on it.

    Attributes
    ----------
    backbone
        Its name.
    name
        Of the DVC experiment that holds the results: the backbone and a hash of settings, code
        and data. An experiment of this name therefore holds what the cell would compute.
    targets
        Stages to run; empty for all.
    """

    backbone: str
    name: str
    targets: tuple[str, ...]


def plan(
    root: Path, backbones: Sequence[str], sources: Mapping[str, str], targets: Sequence[str] = ()
) -> list[StudyCell]:
    """Return a cell a backbone.

    Parameters
    ----------
    root
        Folder of dvc.yaml.
    backbones
        Their names.
    sources
        From :func:`source_hashes`.
    targets
        Stages to run; empty for all.
    """
    params = YAML(typ="safe").load(root / "params.yaml")
    shared = {
        "sources": {_relative(path, root): sha for path, sha in sources.items()},
        "dvc.yaml": sha256_file(root / "dvc.yaml"),
        "targets": list(targets),
    }
    return [
        StudyCell(
            backbone,
            _name(backbone, {**shared, "params": {**params, "backbone": backbone}}),
            tuple(targets),
        )
        for backbone in dict.fromkeys(backbones)
    ]


def _name(backbone: str, content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{re.sub('[^A-Za-z0-9_-]+', '-', backbone)}-{digest[:_DIGITS]}"


def source_hashes(root: Path) -> dict[str, str]:
    """Return DVC's hash of every file and folder that the stages read and none of them writes.

    Raises
    ------
    RadbankError
        If one is missing, or dvc.yaml cannot be read.
    """
    try:
        with Repo(str(root)) as repo:
            index = repo.index
            written = {Path(out.fs_path) for out in index.outs}
            sources = {
                Path(dep.fs_path): dep
                for dep in index.deps
                if dep.protocol == "local" and not isinstance(dep, ParamsDependency)
            }
            return {
                str(path): str(dep.get_hash().value)
                for path, dep in sorted(sources.items())
                if path not in written
                and not any(path in out.parents or out in path.parents for out in written)
            }
    except (DvcException, OSError) as error:
        raise RadbankError(
            f"What the stages read cannot be found ({error}): `dvc repro` says more."
        ) from None


def targets_of(root: Path, arms: Sequence[str] | None) -> list[str]:
    """Return the stages that train some arms and no others.

    Parameters
    ----------
    root
        Folder of dvc.yaml.
    arms
        'frozen' and names of arms of fine-tuning; None for all.

    Returns
    -------
    list of str
        Empty for all, so that evaluation and report are run as well.

    Raises
    ------
    RadbankError
        If an arm has no stage.
    """
    if arms is None:
        return []
    with Repo(str(root)) as repo:
        stages = [stage.addressing.split(":")[-1] for stage in repo.index.stages]
    tuned = {name.removeprefix("finetune@"): name for name in stages if name.startswith("finetune")}
    if unknown := sorted({*arms} - {FROZEN, *tuned}):
        raise RadbankError(f"--arms names {unknown[0]!r}: there are {', '.join([FROZEN, *tuned])}.")
    if {*arms} == {FROZEN, *tuned}:
        return []
    frozen = [name for name in stages if name.split("@")[0] in {"train", "ensemble"}]
    return [*(frozen if FROZEN in arms else ()), *(tuned[arm] for arm in tuned if arm in arms)]


def _relative(path: str, root: Path) -> str:
    """Return a path as it reads in any copy of the project."""
    return str(Path(path).relative_to(root)) if Path(path).is_relative_to(root) else path


def finished(root: Path) -> set[str]:
    """Return the names of all DVC experiments."""
    with Repo(str(root)) as repo:
        listed = repo.experiments.ls(all_commits=True)
    return {name for each in listed.values() for name, _ in each}
