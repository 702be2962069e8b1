"""metrics/shortcuts.json: how well embeddings predict other properties of the cases."""

from pipeline.artifacts.document import Document
from pipeline.artifacts.results import Difference, Estimate, Tested


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


class HeldOut(Document):
    """A head on the images of a value: one that never saw the value, and ones that did.

    Attributes
    ----------
    seen, unseen
        Their AUCs, of heads that learned from as many images.
    difference
        Unseen minus seen, paired; `p_holm` is adjusted over all values.
    """

    column: str
    value: str
    n: int
    n_patients: int
    seen: float
    unseen: float
    difference: Difference

    def worse(self, level: float) -> bool:
        """Say whether heads that never saw the value are shown to rank its images worse."""
        value, p = self.difference.value, self.difference.p_holm
        return value is not None and p is not None and value < 0 and p < level


class Property(Document):
    """The verdict on a property of the cases (:mod:`pipeline.probing.verdict`).

    Attributes
    ----------
    value
        That the verdict is about; None where none had enough patients.
    readable
        AUC of the value by the embeddings, among images of one class.
    label
        AUC of the label by the value alone.
    held_out
        What happens without each value that has enough patients.
    p_holm
        That the value is not readable, or does not tell the label; adjusted over properties.
    shortcut
        Whether the property is accused.
    verdict
        That, in words.
    """

    column: str
    value: str | None
    readable: Tested
    label: Tested
    held_out: tuple[HeldOut, ...]
    p_holm: float | None
    shortcut: bool
    verdict: str


class Shortcuts(Document):
    """metrics/shortcuts.json."""

    minimum_patients: int
    probes: tuple[Probe, ...]
    properties: tuple[Property, ...]
