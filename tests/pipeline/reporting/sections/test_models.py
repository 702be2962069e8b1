"""The table of models shows the main metrics, those of other packages too."""

from dataclasses import replace

import pytest

from pipeline.evaluation.metric import Metric, resampled
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.sections import models
from pipeline.reporting.sections.models import (
    any_undefined,
    condition_lines,
    model_lines,
    trainings_in_words,
)
from pipeline.reporting.style import label
from pipeline.reporting.tables import lower_is_better, shown_metrics
from pipeline.reporting.text import number

ALTERED = "on randomly altered images"


def test_the_auc_comes_first_and_every_cell_is_of_its_metric(evidence: Evidence) -> None:
    metrics = shown_metrics(evidence.task)
    assert metrics[0].name == "auc"
    lines = [line for line in model_lines(evidence) if line.note != ALTERED]
    for line, found in zip(lines, evidence.summary.models.values(), strict=True):
        values = [found.estimate(metric.name).value for metric in metrics]
        assert [cell.value for cell in line.cells] == [number(value) for value in values]
    assert lower_is_better(metrics, evidence.task) == "Lower is better for Brier score."
    assert not any_undefined(evidence)


def test_a_model_scored_on_augmented_views_has_a_second_line(evidence: Evidence) -> None:
    plain, again = (line for line in model_lines(evidence) if line.label == label("linear_probe"))
    augmented = evidence.summary.augmented["linear_probe"]
    assert (plain.note, again.note) == ("", ALTERED)
    assert again.cells[0].value == number(augmented.auc.value)
    content = evidence.summary.model_dump(exclude_unset=True)
    kept = {name: value for name, value in content.items() if not name.endswith("_augmented")}
    without = replace(evidence, summary=type(evidence.summary).model_validate(kept))
    assert len(model_lines(without)) == len(content["models"])


def test_how_often_a_model_was_trained_stands_below_its_name(evidence: Evidence) -> None:
    mlp = evidence.summary.models["mlp"]
    spread = mlp.auc.model_copy(update={"seeds_sd": 0.0042, "seeds_share": 0.314})
    several = type(mlp).of({**mlp.estimates, "auc": spread}, threshold=0.5, trainings=3)
    assert trainings_in_words(mlp) == ["1 training"]
    assert trainings_in_words(several) == [
        "3 trainings",
        "sd over seeds 0.004 (31 % of the variance)",
    ]
    changed = {**evidence.summary.models, "mlp": several}
    summary = evidence.summary.model_copy(update={"models": changed})
    line = next(
        each
        for each in model_lines(replace(evidence, summary=summary))
        if each.label == label("mlp")
    )
    assert not any("training" in each.note for each in model_lines(evidence))
    assert line.note.endswith("3 trainings; sd over seeds 0.004 (31 % of the variance)")


def test_a_metric_of_another_package_has_its_column(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Metric(
        name="error_rate",
        label="Error rate",
        higher_is_better=False,
        values=resampled(lambda labels, _, predicted: float((labels != predicted).mean())),
    )
    shown = [*shown_metrics(evidence.task), other]
    monkeypatch.setattr(models, "shown_metrics", lambda _: shown)
    context = models.section.context(evidence)
    assert context["metrics"][-1] == "Error rate"
    assert context["lower"] == "Lower is better for Brier score and Error rate."


def test_how_models_were_trained_is_a_table(evidence: Evidence) -> None:
    table = condition_lines(evidence.summary)
    assert [line.label for line in table.lines] == [label(name) for name in evidence.summary.models]
    by_label = {line.label: line for line in table.lines}
    assert by_label["Fine-tuning (modern)"].note == ""
    assert by_label["MLP"].note == "not as fine-tuning (seed): an input of 128 against 224 pixels"
    assert [cell.value for cell in by_label["MLP"].cells] == ["224", "balanced", "none", "2", "1"]
