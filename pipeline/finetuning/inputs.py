"""What a network is trained and validated on."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

from features.activations import Activations
from features.augmentation import apply_views, draw_views
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.processes.group import ALONE, ProcessGroup
from pipeline.finetuning.scoring import all_probabilities


class Inputs(Protocol):
    """Training examples, altered anew each epoch."""

    labels: np.ndarray
    """Class of each example, int64 of shape (n_examples,)."""

    def batch(
        self,
        chosen: np.ndarray,
        generator: np.random.Generator,
        share: slice = slice(None),
    ) -> torch.Tensor:
        """Return what the network takes for some examples, altered at random, on its device.

        Parameters
        ----------
        chosen
            Positions of a batch's examples.
        generator
            Draws for all of the batch.
        share
            Which of them are returned.
        """
        ...


class Validation(Protocol):
    """Validation examples, as they are."""

    labels: np.ndarray
    """Class of each example, int64 of shape (n_examples,)."""

    def scores(self, network: FineTunedNetwork) -> np.ndarray:
        """Return the probability of each class, float64 of shape (n_examples, n_classes)."""
        ...


class AugmentedImages:
    """Images, each flipped, cropped, scaled and rotated at random whenever it is asked for.

    Parameters
    ----------
    images
        Prepared images of the training split.
    network
        Preprocesses them on its own device.
    """

    def __init__(self, images: LabelledImages, network: FineTunedNetwork) -> None:
        self.images = images
        self.network = network
        self.labels = images.labels

    def batch(
        self,
        chosen: np.ndarray,
        generator: np.random.Generator,
        share: slice = slice(None),
    ) -> torch.Tensor:
        """Return float images of shape (n, 3, side, side)."""
        plain = torch.from_numpy(self.images[chosen[share]]).to(self.network.device)
        altered = apply_views(plain, draw_views(len(chosen), generator)[share])
        return self.network.preprocessing(altered)


class PlainImages:
    """Images as they are, scored by several processes."""

    def __init__(self, images: LabelledImages, group: ProcessGroup = ALONE) -> None:
        self.images = images
        self.labels = images.labels
        self.group = group

    def scores(self, network: FineTunedNetwork) -> np.ndarray:
        """Return the probability of each class."""
        return all_probabilities(network, self.images, self.group)


@dataclass(frozen=True, eq=False)
class TrainingInputs:
    """A network to train, and what it is trained and validated on.

    Attributes
    ----------
    network
        All that the optimiser changes belongs to it.
    training, validation
        Of the two splits.
    plain
        The training split as it is, for the network to embed.
    activations
        What the network is trained on instead of images; None: the images themselves.
    """

    network: FineTunedNetwork
    training: Inputs
    plain: LabelledImages
    validation: Validation
    activations: Activations | None = None

    def example(self) -> torch.Tensor:
        """Return what the network takes for one training image."""
        return self.network.images(self.plain[:1])


def from_images(
    network: FineTunedNetwork,
    training: LabelledImages,
    validation: LabelledImages,
    group: ProcessGroup,
) -> TrainingInputs:
    """Return the images themselves as inputs of a whole network."""
    return TrainingInputs(
        network=network,
        training=AugmentedImages(training, network),
        plain=training,
        validation=PlainImages(validation, group),
    )
