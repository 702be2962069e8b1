"""Check that the folder is a project for `dvc repro` and `dvc exp run`."""

import shutil
import subprocess
from pathlib import Path

from pipeline.health.check import Check, fail, ok, warn
from pipeline.layouts import list_cases
from pipeline.layouts.groups import regroup
from pipeline.params import Params
from pipeline.paths import DEMO
from radbank.errors import RadbankError
from radbank.parallel import ordered_map


def check_git() -> Check:
    """See whether DVC can work with Git here."""
    if shutil.which("git") is None:
        return fail("git", "not installed, and DVC needs it: install git")
    if _git("rev-parse", "--is-inside-work-tree") != "true":
        return fail("git", "this folder is in no Git repository: run `git init`, then `dvc init`")
    if not _git("rev-parse", "--verify", "--quiet", "HEAD"):
        return warn("git", "no commit yet: `dvc repro` works, `dvc exp run` needs one")
    return ok("git", f"repository with commits, on {_git('rev-parse', '--abbrev-ref', 'HEAD')}")


def check_dvc() -> Check:
    """See whether this is the folder of a DVC pipeline."""
    if shutil.which("dvc") is None:
        return fail("dvc", "not on the PATH: activate the environment that radbank is in")
    if not Path("dvc.yaml").is_file():
        return fail("dvc", "there is no dvc.yaml here: run radbank in the project's folder")
    if not Path(".dvc").is_dir():
        return fail("dvc", "not initialised here: run `dvc init`")
    return ok("dvc", "initialised, dvc.yaml is here")


def check_data(params: Params) -> Check:
    """List the data set's files as ingest will, without opening an image."""
    data = params.data
    if Path(data.root) == DEMO and not DEMO.exists():
        return ok("data", f"{data.root} is not here yet; the demo stage writes it")
    try:
        listing = list_cases(data.layout, Path(data.root), data.positive)
        listing = regroup(listing, data.groups, data.group_pattern)
    except RadbankError as error:
        return fail("data", str(error))
    counts = [
        sum(entry.label == label for entry in listing.entries)
        for label in range(len(listing.classes))
    ]
    found = ", ".join(
        f"{count:,} {name}" for count, name in zip(counts, listing.classes, strict=True)
    )
    if not all(counts):
        return fail("data", f"{data.root}: {found}; every class is needed")
    finding = f"{data.root}, layout {data.layout}: {found}"
    if listing.cautions:
        return warn("data", f"{finding}; {' '.join(listing.cautions)}")
    return ok("data", finding)


def check_cluster(scheduler: str) -> Check:
    """Run one small task on the cluster."""
    try:
        list(ordered_map(str, [0], scheduler=scheduler))
    except RadbankError as error:
        return fail("cluster", str(error))
    return ok("cluster", f"{scheduler} answers")


def _git(*arguments: str) -> str:
    """Return what git prints, or nothing when it refuses."""
    done = subprocess.run(  # noqa: S603 - only arguments written in this file
        ["git", *arguments],  # noqa: S607 - the user's own git
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else ""
