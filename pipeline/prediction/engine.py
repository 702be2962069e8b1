"""Choose the engine for inference: that of the head's training embeddings, or a fallback."""

from dataclasses import dataclass

from features.device import device_type
from features.engines.choice import AUTO, choose
from pipeline.artifacts.trained_model import TrainedModel
from radbank.errors import RadbankError


@dataclass(frozen=True)
class Means:
    """An engine, a precision and a device that are available on this machine.

    Attributes
    ----------
    engine, precision, device
        As :class:`features.embedder.Embedder` takes them.
    caution
        One sentence where they are not those of the training, otherwise None.
    """

    engine: str
    precision: str
    device: str
    caution: str | None


def means_for(model: TrainedModel) -> Means:
    """Return engine, precision and device of a head's training, or the nearest available here."""
    here = device_type()
    where = "cpu" if model.device == "cpu" else here
    for engine, precision, at in (
        (model.engine, model.precision, where),
        (AUTO, model.precision, here),
        (AUTO, AUTO, here),
    ):
        try:
            choice = choose(engine, precision, device=at, n_images=0)
        except RadbankError:
            continue
        break
    then = (model.engine, model.precision, model.device)
    now = (choice.engine, choice.precision, at)
    caution = None
    if now != then:
        caution = (
            "CAUTION: the model was trained on embeddings by engine {} in {} on {}, which cannot "
            "be had here; these are by {} in {} on {}, so that probabilities may differ slightly "
            "from those it was evaluated on"
        ).format(*then, *now)
    return Means(*now, caution)
