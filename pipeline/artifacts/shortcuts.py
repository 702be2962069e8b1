"""metrics/shortcuts.json: how well embeddings predict other properties of the cases."""

from pipeline.artifacts.document import Document
from pipeline.artifacts.results import Estimate


class Probe(Document):
    """How well embeddings predict a property."""

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
