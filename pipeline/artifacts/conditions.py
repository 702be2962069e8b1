"""How a model was trained, as far as a fair comparison depends on it."""

from typing import Self

from pipeline.artifacts.document import Document

_UNLIKE = {
    "input_size": "an input of {} against {} pixels",
    "class_weight": "class weights {} against {}",
}


class Conditions(Document):
    """How a model was trained.

    Cases, labels and splits are the same for all models, or nothing is evaluated; so is the
    preprocessing but for the input's size, which belongs to the backbone; and the augmentation,
    where there is any, is of one family: random flips, crops, scaling and rotations.

    Attributes
    ----------
    input_size
        Side of the network's input in pixels.
    class_weight
        Of the loss: "balanced" or "none".
    augmentation
        Which altered images it learned from.
    configurations
        Settings that were tried, to keep the best.
    networks
        Fitted models whose probabilities are averaged; 1 is a single one.
    """

    input_size: int
    class_weight: str
    augmentation: str
    configurations: int
    networks: int

    def unlike(self, other: Self) -> list[str]:
        """Say in words what keeps a comparison with another model from being fair."""
        return [
            words.format(getattr(self, key), getattr(other, key))
            for key, words in _UNLIKE.items()
            if getattr(self, key) != getattr(other, key)
        ]


def class_weight_in_words(mode: str | None) -> str:
    """Return what `class_weight` says of a setting in params.yaml."""
    return mode or "none"
