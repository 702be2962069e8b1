"""Cross-validated models over the same folds."""

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.sections.experiments import paired_folds


def test_arms_are_compared_with_heads_on_the_folds_that_both_have(evidence: Evidence) -> None:
    arms = list(evidence.crossvalidated_arms.values())
    table = paired_folds([*arms, evidence.crossvalidation], 0.95)
    lines = {line.label: line.cells for line in table.lines}
    assert list(lines) == [
        "Fine-tuning (modern) minus logistic regression",
        "Fine-tuning (modern) minus ensemble",
        "Logistic regression minus ensemble",
    ]
    assert [cells[0].value for cells in lines.values()] == ["5", "5", "25"]
    assert all(" to " in cells[1].below for cells in lines.values())
    assert all(0 < float(cells[2].value) <= 1 for cells in lines.values())


def test_without_cross_validation_there_is_no_pair(evidence: Evidence) -> None:
    nothing = evidence.crossvalidation.model_copy(update={"models": {}})
    assert paired_folds([nothing], 0.95) is None
