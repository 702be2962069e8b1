"""metrics/floors.json: what scores come to without looking at the finding, beside every model."""

from pipeline.artifacts.document import Document
from pipeline.artifacts.results import About, Counted, Difference, Estimate


class ViewSize(Counted):
    """The reported cases of one view."""

    value: str
    n: int
    n_patients: int


class Floor(Document):
    """The AUC of all reported cases, and within each view that has enough patients."""

    auc: Estimate
    within: dict[str, Estimate]


class ModelFloor(Floor):
    """A model beside the floors.

    Attributes
    ----------
    beyond_metadata
        Its AUC minus that of the metadata alone, paired on the same cases; `p_holm` is adjusted
        over the models.
    """

    beyond_metadata: Difference


class FloorsFile(About):
    """metrics/floors.json.

    Attributes
    ----------
    fields
        What the model of the metadata knows of each case.
    shuffles
        How many heads were trained on shuffled labels.
    views
        In which the AUC is given too.
    sentence
        What follows for the best head, in words.
    """

    fields: tuple[str, ...]
    shuffles: int
    tests: str
    views: tuple[ViewSize, ...]
    metadata: Floor
    shuffled: Floor
    models: dict[str, ModelFloor]
    sentence: str

    @property
    def sizes(self) -> str:
        """Of how many cases the figures within each view are; empty without any."""
        said = [
            f"{each.value}: {each.n} images of {each.n_patients} patients, {each.counts}"
            for each in self.views
        ]
        return "; ".join(said)
