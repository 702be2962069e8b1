"""metrics/cost/: wall-clock seconds of the stages."""

from typing import Literal

from pipeline import paths
from pipeline.artifacts.document import Document, read_document
from pipeline.finetuning.arms import ARMS


class Cost(Document):
    """metrics/cost/<stage>.json: wall-clock seconds of a stage's own work."""

    seconds: float
    images: int
    images_per_second: float
    device: Literal["cpu", "cuda"]


class BankedCost(Cost):
    """Cost of a stage that uses the bank: what that spared stands beside what the run took.

    These are metrics/cost/extract.json and metrics/cost/finetune/<arm>.json.

    Attributes
    ----------
    computed, reused
        Embeddings, or activations: computed by the run, and taken from the bank.
    seconds_without_bank
        What the run would have taken had the bank been empty; None where the bank does not know
        how long they took.
    """

    computed: int
    reused: int
    seconds_without_bank: float | None

    def with_empty_bank(self) -> "BankedCost":
        """Return the cost of computing everything, as far as it is known."""
        if self.seconds_without_bank is None:
            return self
        return self.model_copy(update={"seconds": self.seconds_without_bank})


def read_costs(models: list[str]) -> dict[str, Cost]:
    """Read the cost of embedding every image ('extract') and of every model, by model name.

    What came from the bank is counted as if it had been computed, where that is known.

    Raises
    ------
    RadbankError
        If a file is missing or not what the stages write.
    """
    of_bank = {"extract": paths.COST / "extract.json"}
    of_bank |= {name: paths.cost(name) for name in models if name in ARMS}
    costs: dict[str, Cost] = {
        name: read_document(BankedCost, path).with_empty_bank() for name, path in of_bank.items()
    }
    others = [name for name in models if name not in ARMS]
    return costs | {name: read_document(Cost, paths.cost(name)) for name in others}
