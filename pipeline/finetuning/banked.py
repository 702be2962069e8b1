"""The last blocks of a network, to be trained and validated on activations from the bank."""

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from features.activations import Trunk, activations_here
from features.backbones import LoadedBackbone
from features.bank.bank import Bank
from features.bank.rows import BankedRows
from features.cut import cut
from features.image_views import ImageView, ImageViews
from pipeline.finetuning.arms.last_block import LastBlockArm
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.inputs import PlainImages, TrainingInputs
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.finetuning.processes.group import ALONE, ProcessGroup
from pipeline.params import Features


class TailNetwork(FineTunedNetwork):
    """The tail of a cut network with its output layer; both are the whole network's own.

    Parameters
    ----------
    whole
        The network, which is trained with its tail.
    tail
        Maps activations of shape (n, *shape) to embeddings.
    """

    def __init__(self, whole: FineTunedNetwork, tail: nn.Module) -> None:
        nn.Module.__init__(self)
        self.embed = tail
        self.preprocessing = whole.preprocessing
        self.classify = whole.classify
        self.auxiliary = None

    def images(self, pixels: np.ndarray) -> torch.Tensor:
        """Return activations, float32 of shape (n, *shape), for the bits of bfloat16 ones."""
        found = torch.from_numpy(pixels).to(self.device).view(torch.bfloat16).float()
        return found.contiguous(memory_format=torch.channels_last) if found.ndim == 4 else found


class DrawnActivations:
    """Activations of training images: of each image one of its views, drawn whenever asked for.

    Parameters
    ----------
    rows
        From the bank.
    positions
        Of each image's views in `rows`, int of shape (n_images, n_views).
    labels
        Class of each image, int64 of shape (n_images,).
    network
        Takes them.
    """

    def __init__(
        self, rows: BankedRows, positions: np.ndarray, labels: np.ndarray, network: TailNetwork
    ) -> None:
        self.rows = rows
        self.positions = positions
        self.labels = labels
        self.network = network

    def batch(
        self,
        chosen: np.ndarray,
        generator: np.random.Generator,
        share: slice = slice(None),
    ) -> torch.Tensor:
        """Return activations of some images, float32 of shape (n, *shape)."""
        view = generator.integers(self.positions.shape[1], size=len(chosen))
        positions = self.positions[chosen, view][share]
        return self.network.images(self.rows[positions.tolist()])


def from_bank(
    arm: LastBlockArm,
    whole: FineTunedNetwork,
    cohort: ImageCohort,
    backbone: LoadedBackbone,
    *,
    features: Features,
    seed: int,
    group: ProcessGroup = ALONE,
) -> TrainingInputs:
    """Cut a network, and return its tail with the activations that it is trained on.

    Parameters
    ----------
    arm
        Where to cut, and how many views there are.
    whole
        The network; it is trained with its tail.
    cohort
        Images with splits.
    backbone
        What `whole` was built on.
    features
        Engine, precision and batch size of the trunk.
    seed
        Of the augmented views.
    group
        The processes that train; the first computes what the bank lacks.

    Raises
    ------
    RadbankError
        If the network cannot be cut so, or the disk has no room for the activations.
    """
    own = replace(backbone, preprocessing=whole.preprocessing)
    parts = cut(own, blocks=arm.blocks)
    network = TailNetwork(whole, parts.tail)
    training, validation = cohort.of_split("train"), cohort.of_split("validation")
    image_views = [
        *(ImageView(row, view) for row in training.rows.tolist() for view in range(1 + arm.views)),
        *(ImageView(row, 0) for row in validation.rows.tolist()),
    ]
    found = activations_here(
        Trunk(
            backbone=own,
            parts=parts,
            engine=features.engine,
            precision=features.precision,
            batch_size=features.batch_size,
            device=whole.device,
        ),
        ImageViews(
            pixels=cohort.store.pixels,
            pixel_sha256=cohort.store.pixel_sha256,
            views=arm.views,
            seed=seed,
        ),
        image_views,
        Bank(),
    )
    if not group.first:
        group.wait()
    rows = found.rows()
    if group.first:
        group.wait()
    positions = np.arange(len(image_views))
    n_of_training = len(training) * (1 + arm.views)
    of_training = positions[:n_of_training].reshape(len(training), 1 + arm.views)
    plain = LabelledImages(rows, of_training[:, 0], training.labels)
    return TrainingInputs(
        network=network,
        training=DrawnActivations(rows, of_training, training.labels, network),
        plain=plain,
        validation=PlainImages(
            LabelledImages(rows, positions[n_of_training:], validation.labels), group
        ),
        activations=found,
    )
