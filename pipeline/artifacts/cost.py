"""metrics/cost/: wall-clock seconds of the stages."""

from typing import Literal

from pipeline import paths
from pipeline.artifacts.document import Document, read_document


class Cost(Document):
    """metrics/cost/<stage>.json: wall-clock seconds of a stage's own work."""

    seconds: float
    images: int
    images_per_second: float
    device: Literal["cpu", "cuda"]


class ExtractionCost(Cost):
    """metrics/cost/extract.json: what the bank spared stands beside what the run took.

    Attributes
    ----------
    computed, reused
        Embeddings: computed by the run, and taken from the bank.
    seconds_without_bank
        What the run would have taken had the bank been empty; None where the bank does not know
        how long its embeddings took.
    """

    computed: int
    reused: int
    seconds_without_bank: float | None

    def to_embed_all(self) -> "ExtractionCost":
        """Return the cost of embedding every image, as far as it is known."""
        if self.seconds_without_bank is None:
            return self
        return self.model_copy(update={"seconds": self.seconds_without_bank})


def read_costs(models: list[str]) -> dict[str, Cost]:
    """Read the cost of embedding every image ('extract') and of every model, by model name.

    Raises
    ------
    RadbankError
        If a file is missing or not what the stages write.
    """
    costs = {name: read_document(Cost, paths.cost(name)) for name in models}
    extraction = read_document(ExtractionCost, paths.COST / "extract.json").to_embed_all()
    return {"extract": extraction, **costs}
