"""Curves behind the numbers: ROC, precision-recall, calibration, confusion, learning."""

from collections.abc import Mapping
from typing import Any

from pipeline.artifacts.results import ScoresFile
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.figures.calibration import calibration
from pipeline.reporting.figures.confusion import confusion
from pipeline.reporting.figures.curves import class_curves, curves
from pipeline.reporting.figures.learning import learning
from pipeline.reporting.section import Section
from pipeline.reporting.style import label
from pipeline.reporting.tables import Line, Table, cell

_COLUMNS = {
    "auc": "AUC against the rest",
    "sensitivity": "Sensitivity",
    "precision": "Precision",
}


def each_class(scores: ScoresFile) -> Table:
    """Return how well every model tells each class from the rest, a line a class and a model."""
    lines = [
        Line(
            label(model),
            f"{name}: {found.n} images of {found.n_patients} patients",
            tuple(cell(found.estimate(metric)) for metric in _COLUMNS),
        )
        for model, classes in scores.classes.items()
        for name, found in classes.items()
    ]
    return Table(tuple(_COLUMNS.values()), tuple(lines))


def _context(evidence: Evidence) -> Mapping[str, Any]:
    summary, drawn = evidence.summary, evidence.curves
    if evidence.task.binary:
        roc = curves(summary, drawn["roc"], drawn["precision_recall"])
    else:
        roc = class_curves(summary, evidence.scores, drawn["class_roc"])
    return {
        "each_class": each_class(evidence.scores),
        "curves": roc,
        "calibration": calibration(summary, drawn["calibration"]),
        "confusion": confusion(summary, drawn["confusion"], evidence.cases.classes),
        "learning": learning(summary, drawn["learning"]),
    }


section = Section("Curves behind the numbers", _context)
