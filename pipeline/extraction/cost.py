"""What extraction cost: the plain and the augmented views, apart from start-up."""

from features.bank.about import Kind
from pipeline.artifacts.cost import Cost, FromBank
from pipeline.artifacts.work import GIGA, Work
from pipeline.extraction.embeddings import Embeddings
from radbank.memory import peak_device_memory, peak_memory
from radbank.meter import total


def cost_of(embeddings: Embeddings, seconds: float, *, elsewhere: bool) -> Cost:
    """Return the cost of embedding all images, as if the bank had been empty.

    Parameters
    ----------
    embeddings
        Of all images.
    seconds
        What the stage took.
    elsewhere
        Whether a cluster computed them; the energy is then not known.
    """
    computation, times = embeddings.computation, embeddings.times
    plain = _work(embeddings, "plain", 1, elsewhere=elsewhere)
    augmented = _work(embeddings, "augmented", embeddings.wanted.views, elsewhere=elsewhere)
    here = sum(times.seconds.values())
    as_if_computed = total((plain.seconds, augmented.seconds))
    return Cost(
        device="cuda" if computation.device == "cuda" else "cpu",
        engine=computation.engine,
        precision=computation.precision,
        parameters=0,
        peak_memory=peak_memory(),
        peak_device_memory=peak_device_memory(computation.device),
        energy_counter=None if elsewhere else times.energy_counter,
        other_seconds=max(seconds - here, 0.0),
        inference=plain,
        augmented=augmented,
        bank=FromBank(
            computed=embeddings.computed,
            reused=max(len(embeddings) - embeddings.computed, 0),
            seconds_spared=None if as_if_computed is None else max(as_if_computed - here, 0.0),
        ),
    )


def _work(embeddings: Embeddings, kind: Kind, views: int, *, elsewhere: bool) -> Work:
    """Return the cost of so many views of each image."""
    images, flops = len(embeddings.wanted), embeddings.flops
    passes = images * views
    return Work(
        images=images,
        seconds=embeddings.times.seconds_of_all(kind, passes),
        passes=passes,
        gflops=None if flops is None else passes * flops / GIGA,
        joules=None if elsewhere else embeddings.times.joules_of_all(kind, passes),
    )
