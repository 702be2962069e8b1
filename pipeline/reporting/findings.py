"""What the report reads beside the summary: all scores, pairs, calibration, subgroups, probes."""

from dataclasses import dataclass

from pipeline import paths
from pipeline.reporting.evidence import Document, Estimate, read_document


class Scores(Document):
    """metrics/scores.json: every metric by model."""

    models: dict[str, dict[str, Estimate]]


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
    """metrics/calibration.json."""

    method: str
    models: dict[str, ModelCalibration]


class SubgroupScores(Document):
    """One model on one subgroup."""

    auc: Estimate
    auc_gap: Estimate
    sensitivity: Estimate
    specificity: Estimate


class Subgroup(Document):
    """Cases that share a property."""

    column: str
    value: str
    n: int
    n_patients: int
    n_positive: int
    too_small: bool
    models: dict[str, SubgroupScores]


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

    scores: Scores
    comparisons: Comparisons
    calibration: Calibration
    subgroups: Subgroups
    shortcuts: Shortcuts


def read_findings() -> Findings:
    """Read what evaluate and shortcuts wrote beside the summary.

    Raises
    ------
    RadbankError
        If a file is missing or not what the stages write.
    """
    return Findings(
        scores=read_document(Scores, paths.SCORES),
        comparisons=read_document(Comparisons, paths.COMPARISONS),
        calibration=read_document(Calibration, paths.CALIBRATION),
        subgroups=read_document(Subgroups, paths.SUBGROUPS),
        shortcuts=read_document(Shortcuts, paths.SHORTCUTS),
    )
