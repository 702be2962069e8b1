"""The table of floors says what metrics/floors.json says."""

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.sections.floors import floor_lines
from pipeline.reporting.text import number


def test_every_model_stands_beside_the_floors(evidence: Evidence) -> None:
    found = floor_lines(evidence.floors, "AUC")
    assert found.columns[:3] == ("AUC", "Beyond metadata", "p")
    assert len(found.columns) == 3 + len(evidence.floors.views)
    metadata, shuffled, *models = found.lines
    assert (metadata.label, metadata.note) == ("Metadata alone", "view, sex, age")
    assert (shuffled.label, shuffled.note) == ("Shuffled labels", "5 heads")
    assert len(models) == len(evidence.summary.models)
    for line, floor in zip(models, evidence.floors.models.values(), strict=True):
        assert line.cells[0].value == number(floor.auc.value)
        assert line.cells[1].value == number(floor.beyond_metadata.value, signed=True)
        assert {len(each.cells) for each in found.lines} == {len(found.columns)}
