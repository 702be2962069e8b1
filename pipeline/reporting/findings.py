"""What the report reads beside the summary: all scores, pairs, calibration, subgroups, probes."""

from dataclasses import dataclass

from pipeline import paths
from pipeline.reporting.document import Document, read_document
from pipeline.reporting.evidence import Counted, Estimate


class Scores(Document):
    """metrics/scores.json: every metric by model."""

    models: dict[str, dict[str, Estimate]]


class OneClass(Document):
    """How well one model tells one class from the rest."""

    n: int
    n_patients: int
    auc: Estimate
    sensitivity: Estimate
    precision: Estimate


class ClassScores(Document):
    """metrics/scores.json of more than two classes: every class by model."""

    models: dict[str, dict[str, OneClass]]


class PairDifference(Estimate):
    """A difference with its p-value, alone and adjusted for all pairs."""

    p: float | None
    p_holm: float | None


class Pair(Document):
    """Two models on the same cases, the first minus the second."""

    first: str
    second: str
    auc: PairDifference
    auc_bootstrap: Estimate
    accuracy: PairDifference
    brier: Estimate
    better: str | None
    first_not_worse: bool
    second_not_worse: bool


class Comparisons(Document):
    """metrics/comparisons.json: every pair of models."""

    tests: str
    margin: float
    pairs: tuple[Pair, ...]


class ModelCalibration(Document):
    """A model's calibration metrics, and those of its corrected probabilities, if any."""

    before: dict[str, Estimate]
    after: dict[str, Estimate] | None


class Calibration(Document):
    """metrics/calibration.json; of more than two classes without models, and why."""

    method: str | None
    models: dict[str, ModelCalibration]
    note: str = ""


class SubgroupScores(Document):
    """One model on one subgroup."""

    auc: Estimate
    auc_gap: Estimate
    sensitivity: Estimate
    specificity: Estimate


class ClassSubgroupScores(Document):
    """One model of more than two classes on one subgroup."""

    auc: Estimate
    accuracy: Estimate


class Subgroup(Counted):
    """Cases that share a property."""

    column: str
    value: str
    n: int
    n_patients: int
    too_small: bool
    models: dict[str, SubgroupScores | ClassSubgroupScores]


class Subgroups(Document):
    """metrics/subgroups.json."""

    minimum_patients: int
    groups: tuple[Subgroup, ...]


class Probe(Document):
    """How well embeddings tell a property."""

    column: str
    value: str
    n: int
    n_patients: int
    positive_with: float | None
    positive_without: float | None
    too_small: bool
    auc: Estimate


class Shortcuts(Document):
    """metrics/shortcuts.json."""

    minimum_patients: int
    probes: tuple[Probe, ...]


@dataclass(frozen=True)
class Findings:
    """All of these."""

    scores: Scores | ClassScores
    comparisons: Comparisons
    calibration: Calibration
    subgroups: Subgroups
    shortcuts: Shortcuts


def read_findings(*, two_classes: bool) -> Findings:
    """Read what evaluate and shortcuts wrote beside the summary.

    Parameters
    ----------
    two_classes
        Whether one class is positive and one negative.

    Raises
    ------
    RadbankError
        If a file is missing or not what the stages write.
    """
    scores: Scores | ClassScores
    if two_classes:
        scores = read_document(Scores, paths.SCORES)
    else:
        scores = read_document(ClassScores, paths.SCORES)
    return Findings(
        scores=scores,
        comparisons=read_document(Comparisons, paths.COMPARISONS),
        calibration=read_document(Calibration, paths.CALIBRATION),
        subgroups=read_document(Subgroups, paths.SUBGROUPS),
        shortcuts=read_document(Shortcuts, paths.SHORTCUTS),
    )
