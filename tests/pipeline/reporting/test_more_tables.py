"""The tables beside the main one say what the files say."""

from pathlib import Path

import pytest
from pipeline.reporting.findings import Findings, read_findings
from pipeline.reporting.more_tables import (
    calibrations,
    decisions,
    metric_in_words,
    probes,
    subgroup_lines,
)

from pipeline.reporting.text import number


@pytest.fixture
def findings(study: Path) -> Findings:
    return read_findings(two_classes=True)


def test_metrics_are_named_with_their_rate() -> None:
    assert metric_in_words("npv_at_prevalence_0.2") == "NPV at prevalence 20 %"
    assert metric_in_words("sensitivity_at_specificity_0.9") == "Sensitivity at specificity 90 %"
    assert metric_in_words("mcc") == "MCC"


def test_decisions_hold_what_the_main_table_does_not(findings: Findings) -> None:
    found = decisions(findings.scores)
    assert found.columns[:2] == ("Balanced accuracy", "MCC")
    assert len(found.columns) == 2 + 2 + 4
    mcc = findings.scores.models["mlp"]["mcc"].value
    assert found.lines[2].cells[1].value == number(mcc)


def test_calibration_has_two_lines_a_model(findings: Findings) -> None:
    found = calibrations(findings.calibration)
    assert [line.note for line in found.lines] == ["as it is", "corrected"] * len(
        findings.scores.models
    )
    assert found.columns == ("Brier score", "Log loss", "Slope", "Intercept", "ECE")
    assert {len(line.cells) for line in found.lines} == {5}


def test_subgroups_say_their_size_and_whether_it_is_too_small(findings: Findings) -> None:
    found = subgroup_lines(findings.subgroups, ["mlp", "finetune"])
    assert len(found.columns) == 8
    for line, group in zip(found.lines, findings.subgroups.groups, strict=True):
        assert line.label == f"{group.column}: {group.value}"
        assert line.note.startswith(f"{group.n} images of {group.n_patients} patients")
        assert line.note.endswith("too small") == (group.n_patients < 20)
    assert {line.label.split(":")[0] for line in found.lines} == {"sex", "view", "finding", "age"}


def test_probes_set_what_is_told_beside_what_it_would_gain(findings: Findings) -> None:
    (line,) = probes(findings.shortcuts, two_classes=True).lines
    assert line.label == "view: PA"
    assert [cell.value for cell in line.cells] == ["0.930", "0.31", "0.36"]
