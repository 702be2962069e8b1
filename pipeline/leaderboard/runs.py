"""The runs of a project: HEAD, every DVC experiment and the workspace, and their files."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from dvc.api import DVCFileSystem
from dvc.exceptions import DvcException
from dvc.repo import Repo
from scmrepo.exceptions import SCMError

from pipeline import paths
from radbank.errors import RadbankError

HEAD = "HEAD"
WORKSPACE = "workspace"
_FETCHED = tuple(
    path.as_posix() for path in (paths.PREDICTIONS, paths.COST, paths.METRICS / "heads")
)
_BROKEN = (DvcException, SCMError, OSError, ValueError, KeyError)  # what DVC raises on damage


@dataclass(frozen=True)
class Run:
    """A state of the project that may hold results.

    Attributes
    ----------
    name
        'HEAD', an experiment's name or 'workspace'.
    revision
        Its commit; None of the workspace.
    date
        When it was committed, in UTC; None of the workspace.
    """

    name: str
    revision: str | None
    date: datetime | None


def find_runs(root: Path) -> list[Run]:
    """Return HEAD, the experiments of all commits from the oldest on, and the workspace.

    Parameters
    ----------
    root
        Folder of dvc.yaml.

    Raises
    ------
    RadbankError
        If it is no project of DVC and git with a commit.
    """
    try:
        with Repo(str(root)) as repo:
            found = repo.experiments.ls(all_commits=True)
            named = [experiment for each in found.values() for experiment in each]
            times = Counter(name for name, _ in named)
            commits = {
                name if times[name] == 1 else f"{name} {commit[:7]}": commit
                for name, commit in named
                if commit is not None
            }
            head = repo.scm.get_rev()
            dates = {
                commit: datetime.fromtimestamp(repo.scm.resolve_commit(commit).commit_time, UTC)
                for commit in {head, *commits.values()}
            }
    except (DvcException, SCMError) as error:
        raise RadbankError(
            f"The experiments of this folder cannot be listed ({_in_words(error)}): run this "
            "beside dvc.yaml in a git repository with a commit."
        ) from None
    experiments = [Run(name, commit, dates[commit]) for name, commit in commits.items()]
    experiments.sort(key=lambda run: (run.date, run.name))
    return [Run(HEAD, head, dates[head]), *experiments, Run(WORKSPACE, None, None)]


@dataclass(frozen=True)
class Fetched:
    """The files of a run.

    Attributes
    ----------
    folder
        Where they lie, in the places that they have in the project.
    problems
        A sentence for each that could not be fetched.
    """

    folder: Path
    problems: tuple[str, ...]


@contextmanager
def fetched(root: Path, run: Run) -> Iterator[Fetched]:
    """Yield predictions, costs and metrics of heads of a run, from DVC's cache or a remote of it.

    Out-of-fold predictions are left out. The files of the workspace are used where they are.

    Parameters
    ----------
    root
        Folder of dvc.yaml.
    run
        One of its runs.
    """
    if run.revision is None:
        yield Fetched(root, ())
        return
    with TemporaryDirectory() as folder:
        yield Fetched(Path(folder), tuple(_fetch(root, run, Path(folder))))


def _fetch(root: Path, run: Run, folder: Path) -> Iterator[str]:
    """Copy the files of a commit to a folder; yield what went wrong in sentences."""
    try:
        files = DVCFileSystem(str(root), rev=run.revision)
        listed = [path for each in _FETCHED if files.exists(each) for path in _written(files, each)]
    except _BROKEN as error:
        yield (
            f"{run.name} cannot be read ({_in_words(error)}): remove it with "
            f"`dvc exp remove {run.name}`, or run it again."
        )
        return
    for path in listed:
        if path.startswith(f"{paths.OUT_OF_FOLD.as_posix()}/"):
            continue
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        try:
            files.get_file(path, str(folder / path))
        except _BROKEN as error:
            (folder / path).unlink(missing_ok=True)
            yield (
                f"{path} of {run.name} is neither in DVC's cache nor on a remote "
                f"({_in_words(error)}): run it again, or fetch it with `dvc fetch`."
            )


def _written(files: DVCFileSystem, folder: str) -> Iterator[str]:
    """Yield the files below a folder, but for outputs of stages that the run left out."""
    for path, info in files.find(folder, detail=True).items():
        if "md5" in info or not info.get("dvc_info", {}).get("isout"):
            yield path


def _in_words(error: Exception) -> str:
    """Return the first line of an error's text, or its kind."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".:") if lines else type(error).__name__
