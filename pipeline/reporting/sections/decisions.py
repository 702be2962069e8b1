"""Decisions and calibration: further metrics, decision curves, recalibrated probabilities."""

from collections.abc import Mapping
from typing import Any

from pipeline.artifacts.results import CalibrationFile
from pipeline.artifacts.task import Task
from pipeline.evaluation.metrics import calibration_metrics, decision_metrics
from pipeline.evaluation.metrics.reliability import IF_CALIBRATED
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.figures.decision import decision
from pipeline.reporting.section import Section
from pipeline.reporting.style import label
from pipeline.reporting.tables import Cell, Line, Table, cell, lower_is_better
from pipeline.reporting.text import UNDEFINED, number, percent


def decisions(evidence: Evidence) -> Table:
    """Return the metrics of decisions that the main table does not show."""
    settings, task = evidence.params.evaluate, evidence.task
    metrics = decision_metrics(task, settings.operating_points, settings.prevalences)
    lines = [
        Line(label(model), "", tuple(cell(found.estimate(metric.name)) for metric in metrics))
        for model, found in evidence.scores.models.items()
    ]
    return Table(tuple(metric.heading(task) for metric in metrics), tuple(lines))


def operating_points(evidence: Evidence) -> Table:
    """Return what thresholds of validation reach, a line for each model and rate."""
    lines = [
        Line(
            label(model),
            f"{each.held} {percent(each.rate)} on validation",
            (Cell(number(each.threshold), ""), cell(each.sensitivity), cell(each.specificity)),
        )
        for model, found in evidence.scores.models.items()
        for each in found.operating_points
    ]
    return Table(("Threshold", "Sensitivity", "Specificity"), tuple(lines))


def calibrations(calibration: CalibrationFile, task: Task) -> Table:
    """Return calibration metrics of every model, two lines each: as it is and recalibrated."""
    metrics, lines = calibration_metrics(task), []
    by_chance = [IF_CALIBRATED] if task.binary else []
    names = [*(metric.name for metric in metrics), *by_chance]
    without = {metric.name for metric in metrics if metric.no_interval is not None}
    for model, each in calibration.models.items():
        for note, found in (("as it is", each.before), ("corrected", each.after)):
            if found is None:
                cells = (Cell(UNDEFINED, ""),) * (len(metrics) + len(by_chance))
            else:
                figures = {name: found.estimate(name) for name in names}
                cells = tuple(
                    Cell(number(each.value), "") if name in without else cell(each)
                    for name, each in figures.items()
                )
            lines.append(Line(label(model), note, cells))
    headings = [metric.heading(task) for metric in metrics]
    return Table((*headings, *("ECE if calibrated" for _ in by_chance)), tuple(lines))


def _context(evidence: Evidence) -> Mapping[str, Any]:
    task = evidence.task
    context = {
        "decisions": decisions(evidence),
        "calibrations": calibrations(evidence.calibration, task),
        "lower": lower_is_better(calibration_metrics(task), task),
        "method": evidence.calibration.method,
    }
    if task.binary:
        return {
            **context,
            "operating": operating_points(evidence),
            "decision": decision(evidence.summary, evidence.curves["decision"]),
        }
    return {**context, "left_out": task.left_out("Decision curves and operating points")}


section = Section("Decisions and calibration", _context)
