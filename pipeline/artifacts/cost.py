"""metrics/cost/: what extraction and every model cost, so that like is compared with like."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pipeline import paths
from pipeline.artifacts.document import Document, read_document
from pipeline.artifacts.work import Work, together
from radbank.files import write_json

EXTRACTION = paths.COST / "extract.json"


class FromBank(Document):
    """What a stage took from the bank.

    Attributes
    ----------
    computed, reused
        Embeddings, or activations: computed by the run, and found in the bank.
    seconds_spared
        What computing the latter would have taken, which is part of the seconds of the works; None
        where the bank does not know.
    """

    computed: int
    reused: int
    seconds_spared: float | None


class Cost(Document):
    """metrics/cost/<stage>.json: the cost of extraction, or of a model.

    Attributes
    ----------
    device, engine, precision
        That the network ran on and in; None of a head, which runs on embeddings.
    parameters
        Numbers that training sets; None where the head does not say.
    peak_memory, peak_device_memory
        Most bytes that the stage's process held, and on a GPU; None without one.
    energy_counter
        Where the joules come from; None where the machine has no counter that can be read.
    processes
        How many shared the work. Seconds are those of the clock, and memory and joules those of
        the first process, so that work on several devices costs that many times as much.
    other_seconds
        What the stage took beside its works: loading weights, conversion or compilation, the
        fidelity check, reading and writing files.
    training
        From prepared images to the trained model; None of extraction.
    search
        Choosing among settings: trying the others, and of a head the cross-validation inside the
        training split by which heads are compared.
    other_seeds
        Trainings from further seeds, which intervals need and a user does not.
    inference
        Of new images, in their plain view unless the head averages views; of extraction, embedding
        that view.
    augmented
        Of extraction, embedding the augmented views.
    bank
        What came from the bank; None of stages that do not use it.
    """

    device: Literal["cpu", "cuda"] | None
    engine: str | None
    precision: str | None
    parameters: int | None
    peak_memory: int
    peak_device_memory: int | None
    energy_counter: str | None
    processes: int = 1
    other_seconds: float
    training: Work | None = None
    search: Work | None = None
    other_seeds: Work | None = None
    inference: Work
    augmented: Work | None = None
    bank: FromBank | None = None

    @property
    def to_train(self) -> Work:
        """Training and search: all that leads from prepared images to a trained model."""
        return together(work for work in (self.training, self.search) if work is not None)

    def with_embeddings(self, extraction: "Cost") -> "Cost":
        """Charge each work with the embeddings that it takes, and with no others.

        Parameters
        ----------
        extraction
            What these cost.
        """
        works = {
            name: _charged(work, extraction)
            for name in ("training", "search", "other_seeds", "inference")
            if (work := getattr(self, name)) is not None
        }
        device_memory = (self.peak_device_memory, extraction.peak_device_memory)
        return self.model_copy(
            update={
                **works,
                **{name: getattr(extraction, name) for name in ("device", "engine", "precision")},
                "peak_memory": max(self.peak_memory, extraction.peak_memory),
                "peak_device_memory": max(
                    (v for v in device_memory if v is not None), default=None
                ),
                "energy_counter": extraction.energy_counter,
            }
        )


def _charged(work: Work, extraction: Cost) -> Work:
    """Add to a work the embeddings that it takes."""
    plain = extraction.inference.part(work.plain)
    needed = [work, plain]
    if work.augmented and extraction.augmented is not None:
        needed.append(extraction.augmented.part(work.augmented))
    if not (work.plain or work.augmented):
        return work
    return together(needed).model_copy(update={"plain": 0, "augmented": 0})


def write_cost(path: Path, cost: Cost) -> None:
    """Write one of the files; what is not known is null."""
    write_json(path, cost.model_dump())


def read_cost(path: Path, extraction: Path) -> Cost:
    """Read the cost of a model, and charge a head with the embeddings that it takes.

    Parameters
    ----------
    path
        What the model's stage wrote.
    extraction
        What the stage extract wrote.

    Raises
    ------
    RadbankError
        If a file is missing or not what the stages write.
    """
    own = read_document(Cost, path)
    if own.engine is not None:
        return own
    return own.with_embeddings(read_document(Cost, extraction))


def read_costs(models: Iterable[str]) -> dict[str, Cost]:
    """Read the cost of extraction ('extract') and of every model, by name.

    Raises
    ------
    RadbankError
        If a file is missing or not what the stages write.
    """
    return {
        "extract": read_document(Cost, EXTRACTION),
        **{name: read_cost(paths.cost(name), EXTRACTION) for name in models},
    }
