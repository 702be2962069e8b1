"""metrics/cost/: wall-clock seconds of the stages."""

from pathlib import Path
from typing import Literal

from pipeline import paths
from pipeline.artifacts.document import Document, read_document


class Cost(Document):
    """metrics/cost/<stage>.json: wall-clock seconds of a stage's own work.

    Stages that use the bank, `extract` and `finetune`, say beside it what that spared.

    Attributes
    ----------
    computed, reused
        Embeddings, or activations: computed by the run, and taken from the bank.
    seconds_without_bank
        What the run would have taken had the bank been empty; None where the bank does not know
        how long they took.
    """

    seconds: float
    images: int
    images_per_second: float
    device: Literal["cpu", "cuda"]
    computed: int = 0
    reused: int = 0
    seconds_without_bank: float | None = None

    def with_empty_bank(self) -> "Cost":
        """Return the cost of computing everything, as far as it is known."""
        if self.seconds_without_bank is None:
            return self
        return self.model_copy(update={"seconds": self.seconds_without_bank})


def read_cost(path: Path) -> Cost:
    """Read one of the files; what came from the bank is counted as computed, if that is known.

    Raises
    ------
    RadbankError
        If the file is missing or not what the stages write.
    """
    return read_document(Cost, path).with_empty_bank()


def read_costs(models: list[str]) -> dict[str, Cost]:
    """Read the cost of embedding every image ('extract') and of every model, by model name.

    Raises
    ------
    RadbankError
        If a file is missing or not what the stages write.
    """
    costs = {name: read_cost(paths.cost(name)) for name in models}
    return {"extract": read_cost(paths.COST / "extract.json"), **costs}
