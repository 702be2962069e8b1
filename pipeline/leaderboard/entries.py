"""One model of one run: its predictions, and what it cost."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from pipeline import paths
from pipeline.artifacts.cost import EXTRACTION, Cost, read_cost
from pipeline.artifacts.document import read_document
from pipeline.artifacts.head_metrics import HeadMetrics
from pipeline.artifacts.predictions import CASES, Predictions, read_predictions
from pipeline.leaderboard.runs import Run, fetched
from radbank.errors import RadbankError

FROZEN = "frozen head"
ENSEMBLE = "ensemble"
FINETUNED = "fine-tuning"
_PROVENANCE = ("backbone", "weights", "weights_random", "synthetic")


@dataclass(frozen=True, eq=False)
class BoardEntry:
    """A model's predictions in one run.

    Attributes
    ----------
    run
        Name of the run.
    model
        Name of the head or of the fine-tuned network, or 'ensemble'.
    arm
        'frozen head', 'ensemble' (of frozen heads) or 'fine-tuning'.
    predictions
        Of every image.
    cost
        What the model cost in the run, a head with the embeddings that it uses; None where the run
        does not say as this version does.
    inner_auc
        The AUC of a head in cross-validation inside the training split; None where the run has
        none.
    date
        Of the run, in UTC; of the workspace that of the predictions' file.
    """

    run: str
    model: str
    arm: str
    predictions: Predictions
    cost: Cost | None
    inner_auc: float | None
    date: datetime

    @cached_property
    def cohort(self) -> str:
        """SHA-256 of ids, patients, labels, splits and classes: what comparable runs share.

        Models are compared row by row, so the order of the rows counts.
        """
        frame = self.predictions.frame[CASES]
        digest = hashlib.sha256(frame.to_csv(index=False, lineterminator="\n").encode())
        digest.update("\n".join(self.predictions.classes).encode())
        return digest.hexdigest()

    @cached_property
    def identity(self) -> tuple[str, str]:
        """The model's name and the SHA-256 of all it predicts: equal where two runs agree."""
        digest = hashlib.sha256(self.predictions.frame.drop(columns=CASES).to_numpy().tobytes())
        digest.update(repr([self.predictions.provenance[key] for key in _PROVENANCE]).encode())
        return self.model, digest.hexdigest()


@dataclass(frozen=True)
class RunResults:
    """What one run holds, and in sentences what of it could not be read."""

    entries: tuple[BoardEntry, ...]
    problems: tuple[str, ...]


def read_run(root: Path, run: Run) -> RunResults:
    """Read every model's predictions in a run, and go on past what is broken.

    Parameters
    ----------
    root
        Folder of dvc.yaml.
    run
        One of its runs.
    """
    entries = []
    with fetched(root, run) as files:
        problems = list(files.problems)
        for path, model, arm in _models(files.folder):
            try:
                entries.append(_read(files.folder, path, run, model, arm))
            except (RadbankError, OSError) as error:
                problem = str(error).replace(f"{files.folder}/", "")
                problems.append(f"{run.name}: {problem}")
    return RunResults(tuple(entries), tuple(problems))


def _models(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield each table of predictions with its model and arm, wherever a version wrote it."""
    predictions = folder / paths.PREDICTIONS
    kinds = {
        "heads/*.csv": FROZEN,
        f"{ENSEMBLE}.csv": ENSEMBLE,
        "finetune.csv": FINETUNED,
        "finetune/*.csv": FINETUNED,
    }
    for pattern, arm in kinds.items():
        for path in sorted(predictions.glob(pattern)):
            yield path, path.stem, arm


def _read(folder: Path, path: Path, run: Run, model: str, arm: str) -> BoardEntry:
    predictions = read_predictions(path)
    if missing := [key for key in _PROVENANCE if key not in predictions.provenance]:
        raise RadbankError(
            f"{path} does not say what {missing[0]} its model had: run it again with this version."
        )
    try:
        _ = predictions.conditions
    except ValidationError:
        raise RadbankError(
            f"{path} does not say how its model was trained as this version does: run it again."
        ) from None
    return BoardEntry(
        run=run.name,
        model=model,
        arm=arm,
        predictions=predictions,
        cost=_cost(folder, path),
        inner_auc=_inner_auc(folder, model) if arm == FROZEN else None,
        date=run.date or datetime.fromtimestamp(path.stat().st_mtime, UTC),
    )


def _inner_auc(folder: Path, head: str) -> float | None:
    try:
        path = folder / paths.METRICS / "heads" / f"{head}.json"
        return read_document(HeadMetrics, path).inner_cv.auc
    except RadbankError:
        return None


def _cost(folder: Path, path: Path) -> Cost | None:
    """Return what a model cost, if the run says so."""
    own = path.relative_to(folder / paths.PREDICTIONS).with_suffix(".json")
    try:
        return read_cost(folder / paths.COST / own, folder / EXTRACTION)
    except RadbankError:
        return None
