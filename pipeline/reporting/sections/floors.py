"""Every model beside what its score would be without looking at the finding."""

from collections.abc import Mapping
from typing import Any

from pipeline.artifacts.floors import Floor, FloorsFile
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section
from pipeline.reporting.sections.pairs import p_value
from pipeline.reporting.style import label
from pipeline.reporting.tables import Cell, Line, Table, cell


def floor_lines(found: FloorsFile, auc: str) -> Table:
    """Return the two floors, then every model with what it adds to the metadata."""
    views = [each.value for each in found.views]
    columns = (auc, "Beyond metadata", "p", *(f"Within {view}" for view in views))
    nothing = (Cell("", ""), Cell("", ""))

    def line(name: str, note: str, floor: Floor, beyond: tuple[Cell, Cell]) -> Line:
        within = (cell(floor.within[view]) for view in views)
        return Line(name, note, (cell(floor.auc), *beyond, *within))

    known = ", ".join(found.fields) or "nothing differs"
    lines = [
        line("Metadata alone", known, found.metadata, nothing),
        line("Shuffled labels", f"{found.shuffles} heads", found.shuffled, nothing),
    ]
    for name, each in found.models.items():
        beyond = cell(each.beyond_metadata, signed=True)
        lines.append(
            line(label(name), "", each, (beyond, Cell(p_value(each.beyond_metadata.p_holm), "")))
        )
    return Table(columns, tuple(lines))


def _context(evidence: Evidence) -> Mapping[str, Any]:
    return {
        "floors": floor_lines(evidence.floors, evidence.summary.auc_heading),
        "sentence": evidence.floors.sentence,
        "sizes": evidence.floors.sizes,
    }


section = Section("What the score would be without the finding", _context)
