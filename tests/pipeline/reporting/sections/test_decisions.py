"""Tables of decisions and calibration say what the files say."""

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.sections.decisions import calibrations, decisions, operating_points
from pipeline.reporting.text import number


def test_decisions_hold_what_the_main_table_does_not(evidence: Evidence) -> None:
    found = decisions(evidence)
    assert found.columns[:3] == (
        "Balanced accuracy",
        "MCC",
        "Sensitivity at specificity 90 %, threshold found on these cases",
    )
    assert len(found.columns) == 2 + 2 + 4
    mcc = evidence.scores.models["mlp"].estimate("mcc").value
    assert found.lines[2].cells[1].value == number(mcc)


def test_operating_points_of_validation_have_a_line_each(evidence: Evidence) -> None:
    found = operating_points(evidence)
    assert [line.note for line in found.lines[:2]] == [
        "specificity 90 % on validation",
        "sensitivity 90 % on validation",
    ]
    assert len(found.lines) == 2 * len(evidence.scores.models)
    point = evidence.scores.models[next(iter(evidence.scores.models))].operating_points[0]
    assert found.lines[0].cells[1].value == number(point.sensitivity.value)


def test_calibration_has_two_lines_a_model(evidence: Evidence) -> None:
    found = calibrations(evidence.calibration, evidence.task)
    assert [line.note for line in found.lines] == ["as it is", "corrected"] * len(
        evidence.scores.models
    )
    assert found.columns == (
        "Brier score",
        "Log loss",
        "Slope",
        "Intercept",
        "ECE",
        "ECE if calibrated",
    )
    assert {len(line.cells) for line in found.lines} == {6}
    assert {line.cells[4].below for line in found.lines} == {""}
    assert all(" to " in line.cells[5].below for line in found.lines)
