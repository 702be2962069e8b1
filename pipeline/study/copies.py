"""A copy of the project for a cell to run in, so that the project itself is never touched."""

import shutil
import subprocess
from pathlib import Path

from dvc.repo import Repo
from ruamel.yaml import YAML

FOLDER = Path(".dvc/tmp/radbank-study")
LOCK = "dvc.lock"
OWN_SETTINGS = ".dvc/config.local"


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it prints."""
    done = subprocess.run(  # noqa: S603 - git and our own words
        ["git", *arguments],  # noqa: S607 - the git that DVC needs too
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def copy_project(root: Path, name: str, backbone: str) -> Path:
    """Copy the tracked files of a project as they are now, with another backbone in params.yaml.

    The copy is a git repository at the same commit. It shares the cache of the project, where
    finished stages and their outputs are, and reads what git does not track, such as a folder of
    images, where it lies.

    Parameters
    ----------
    root
        Folder of dvc.yaml, in a git repository with a commit.
    name
        Of the copy; one that is there is replaced.
    backbone
        To be written into params.yaml.

    Returns
    -------
    Path
        The folder of dvc.yaml in it.
    """
    whole = root / FOLDER / name
    shutil.rmtree(whole, ignore_errors=True)
    top, inside = git(root, "rev-parse", "--show-toplevel", "--show-prefix").split("\n")[:2]
    git(root, "clone", "--quiet", "--local", top, str(whole))
    copy = whole / inside
    tracked = [path for path in git(root, "ls-files", "-z").split("\0") if path]
    for path in [*tracked, LOCK]:
        (copy / path).unlink(missing_ok=True)
        if (root / path).is_file():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / path, copy / path, follow_symlinks=False)
    _share_cache(root, copy)
    _set_backbone(copy / "params.yaml", backbone)
    return copy


def link_sources(root: Path, copy: Path, sources: list[Path]) -> None:
    """Let the copy read files and folders of the project that git does not track."""
    for source in sources:
        if source.is_relative_to(root) and not (place := copy / source.relative_to(root)).exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(source)


def _share_cache(root: Path, copy: Path) -> None:
    if (root / OWN_SETTINGS).is_file():
        shutil.copy(root / OWN_SETTINGS, copy / OWN_SETTINGS)
    with Repo(str(root)) as repo:
        cache = repo.cache.local_cache_dir
    with Repo(str(copy)) as repo, repo.config.edit("local") as settings:
        settings.setdefault("cache", {})["dir"] = cache


def _set_backbone(path: Path, backbone: str) -> None:
    yaml = YAML()
    params = yaml.load(path)
    params["backbone"] = backbone
    yaml.dump(params, path)
