"""The page: evidence in, one HTML text out."""

from dataclasses import dataclass
from importlib import resources
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.artifacts.cases import Cases
from pipeline.classes import only_of_two
from pipeline.params import Params
from pipeline.paths import FINETUNE
from pipeline.reporting.answer import answer
from pipeline.reporting.cohort import describe_cohort, describe_quarantine
from pipeline.reporting.costs import Cost
from pipeline.reporting.evidence import LeakCounts, Summary
from pipeline.reporting.experiments import CrossValidation, experiments
from pipeline.reporting.figures.calibration import calibration
from pipeline.reporting.figures.class_curves import class_curves
from pipeline.reporting.figures.comparison import comparison
from pipeline.reporting.figures.confusion import confusion
from pipeline.reporting.figures.curves import curves
from pipeline.reporting.figures.decision import decision
from pipeline.reporting.figures.learning import learning
from pipeline.reporting.figures.limits import limits_curves
from pipeline.reporting.figures.subgroups import subgroup_forest
from pipeline.reporting.findings import ClassScores, Findings
from pipeline.reporting.leaks import describe_leaks
from pipeline.reporting.limits import limits
from pipeline.reporting.methods import methods_paragraphs
from pipeline.reporting.more_tables import (
    calibrations,
    decisions,
    each_class,
    probes,
    shown_models,
    subgroup_lines,
)
from pipeline.reporting.pairs import pair_lines
from pipeline.reporting.results import any_undefined, results
from pipeline.reporting.svg import Plate
from radbank import __version__

_PACKAGE = "pipeline.reporting"


@dataclass(frozen=True)
class Section:
    """A part of the page; templates/sections/<key>.html.j2 is its body."""

    key: str
    title: str


_SECTIONS = (
    Section("answer", "The answer"),
    Section("models", "The models compared"),
    Section("pairs", "Which differences the data support"),
    Section("curves", "Curves behind the numbers"),
    Section("decisions", "Decisions and calibration"),
    Section("subgroups", "Subgroups and shortcuts"),
    Section("experiments", "Other patients, other labels, other balances"),
    Section("cohort", "The cohort"),
    Section("leaks", "Leak checks"),
    Section("methods", "Methods"),
    Section("limits", "Limits"),
    Section("provenance", "Provenance"),
)


@dataclass(frozen=True)
class Evidence:
    """All that the report rests on.

    Attributes
    ----------
    params
        The settings of the run.
    summary
        Metrics of every model on the held-out cases.
    costs
        Seconds of embedding ('extract') and of every model.
    findings
        All scores, pairs, calibration, subgroups and shortcut probes.
    curves
        Frames of plots/, by kind and then by model.
    crossvalidation
        Every head out of fold; without models where split.scheme is holdout.
    limits
        Tables of the limits stage, by name.
    cases
        The images that could be used.
    splits
        id, group, split and fold of every image.
    quarantine
        path and reason of the files that could not be used.
    leak_counts, leaks
        Numbers of pairs that may leak, and the pairs.
    checksums
        SHA-256 of the files that the report was made from, by path.
    """

    params: Params
    summary: Summary
    costs: dict[str, Cost]
    findings: Findings
    curves: dict[str, dict[str, pd.DataFrame]]
    crossvalidation: CrossValidation
    limits: dict[str, pd.DataFrame]
    cases: Cases
    splits: pd.DataFrame
    quarantine: pd.DataFrame
    leak_counts: LeakCounts
    leaks: pd.DataFrame
    checksums: dict[str, str]


def render(evidence: Evidence) -> str:
    """Return the report as the text of one HTML file that needs no other file and no script."""
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = resources.files(_PACKAGE).joinpath("templates/report.css").read_text("utf-8")
    summary, params = evidence.summary, evidence.params
    quarantine = describe_quarantine(evidence.quarantine)
    findings = evidence.findings
    return environment.get_template("report.html.j2").render(
        style=Markup(style),  # noqa: S704 - our own file
        version=__version__,
        summary=summary,
        answer=answer(summary, evidence.costs),
        metrics=list(summary.metrics.values()),
        results=results(summary, evidence.costs),
        any_undefined=any_undefined(summary),
        pairs=pair_lines(findings.comparisons, evidence.costs),
        tests=findings.comparisons.tests,
        margin=findings.comparisons.margin,
        **_by_classes(findings, evidence.cases.classes),
        subgroups=subgroup_lines(findings.subgroups, shown_models(summary)),
        minimum=findings.subgroups.minimum_patients,
        probes=probes(findings.shortcuts, two_classes=summary.two_classes),
        plates={plate.key: (i, plate) for i, plate in enumerate(_plates(evidence), start=1)},
        experiments=experiments(evidence.crossvalidation, evidence.limits, evidence.cases.classes),
        cohort=describe_cohort(evidence.cases.frame, evidence.splits, evidence.cases.classes),
        quarantine=quarantine,
        leaks=describe_leaks(evidence.leak_counts, evidence.leaks, params),
        methods=methods_paragraphs(
            params, summary, set(evidence.cases.frame["official_split"].dropna())
        ),
        limits=limits(params, summary, quarantine.n),
        settings=_flat(params.model_dump()),
        checksums=evidence.checksums,
        sections=_SECTIONS,
        device=evidence.costs["extract"].device,
    )


def _by_classes(findings: Findings, classes: tuple[str, ...]) -> dict[str, Any]:
    """Return what the templates show of two classes, or of more in its place."""
    if isinstance(findings.scores, ClassScores):
        left_out = only_of_two(
            "Decision curves, operating points and corrections of calibration", classes
        )
        return {
            "each_class": each_class(findings.scores),
            "left_out": left_out,
            "no_balance": only_of_two("Experiments with the balance of classes", classes),
        }
    return {
        "decisions": decisions(findings.scores),
        "calibrations": calibrations(findings.calibration),
        "method": findings.calibration.method,
    }


def _plates(evidence: Evidence) -> list[Plate]:
    """Draw the figures in the order in which they are numbered."""
    summary, by_kind, scores = evidence.summary, evidence.curves, evidence.findings.scores
    plates = [
        comparison(summary, evidence.costs),
        (
            class_curves(summary, scores, by_kind["class_roc"])
            if isinstance(scores, ClassScores)
            else curves(summary, by_kind["roc"], by_kind["precision_recall"])
        ),
        calibration(summary, by_kind["calibration"]),
        confusion(summary, by_kind["confusion"], evidence.cases.classes),
    ]
    if FINETUNE in by_kind["learning"]:
        plates.append(learning(summary, by_kind["learning"][FINETUNE]))
    if summary.two_classes:
        plates.append(decision(summary, by_kind["decision"]))
    plates.append(limits_curves(summary, evidence.limits))
    forest = subgroup_forest(summary, evidence.findings.subgroups, shown_models(summary))
    return plates if forest is None else [*plates, forest]


def _flat(content: dict[str, Any], above: str = "") -> list[tuple[str, str]]:
    """Return nested settings as (full key, value) pairs, written as in YAML."""
    flat = []
    for key, value in content.items():
        if isinstance(value, dict):
            flat += _flat(value, f"{above}{key}.")
        else:
            flat.append((f"{above}{key}", _written(value)))
    return flat


def _written(value: Any) -> str:  # noqa: ANN401 - a setting is of any type
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(_written(item) for item in value)}]"
        case _:
            return str(value)
