"""Train an arm of fine-tuning: its learning rates, its seeds, and the probabilities they give."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.activations import Activations
from features.backbones import LoadedBackbone
from features.embedder import device
from heads.class_weights import class_weights
from pipeline.evaluation.wording import auc_name
from pipeline.finetuning.arms.base import Arm
from pipeline.finetuning.arms.last_block import LastBlockArm
from pipeline.finetuning.banked import from_bank
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.inputs import TrainingInputs, from_images
from pipeline.finetuning.logistic_start import start_from_logistic
from pipeline.finetuning.loop import Training
from pipeline.finetuning.network import FineTunedNetwork, build_network
from pipeline.finetuning.precision import Precision
from pipeline.finetuning.processes.group import ALONE, ProcessGroup
from pipeline.finetuning.resume import Resumable
from pipeline.finetuning.scoring import BATCH, all_probabilities, probabilities
from pipeline.finetuning.trainings import Trained, train_all
from pipeline.params import Features, Finetune
from radbank.errors import RadbankError
from radbank.meter import Meter, Spent


@dataclass(frozen=True, eq=False)
class Fitted:
    """A trained arm.

    Attributes
    ----------
    network
        With the weights of the first training's best epoch.
    inputs
        What was trained, and on what: all of the network, or its last blocks on activations.
    trainings
        One a seed; the first is the one that is reported and kept.
    rejected
        Those at the learning rates that were not chosen.
    probabilities
        Of each class for every image of the cohort, an ndarray of shape (n_images, n_classes) a
        training.
    precision
        In which numbers it was trained.
    resumable
        To be forgotten once all is written.
    processes
        How many trained together.
    starting, scoring
        What starting the output layer as a logistic regression took (nothing where it was not),
        and scoring every image with one network.
    """

    network: FineTunedNetwork
    inputs: TrainingInputs
    trainings: Sequence[Trained]
    rejected: Sequence[Trained]
    probabilities: Sequence[np.ndarray]
    precision: Precision
    resumable: Resumable
    processes: int
    starting: Spent | None
    scoring: Spent

    @property
    def activations(self) -> Activations | None:
        """What was trained on, from the bank; None: images."""
        return self.inputs.activations


def fit(
    arm: Arm,
    cohort: ImageCohort,
    backbone: LoadedBackbone,
    *,
    settings: Finetune,
    features: Features,
    seeds: Sequence[int],
    group: ProcessGroup = ALONE,
) -> Fitted:
    """Train an arm at each of its learning rates and from each seed, and score every image.

    Parameters
    ----------
    arm
        As it runs on this cohort.
    cohort
        Images with splits.
    backbone
        Trained in place.
    settings
        What all arms share.
    features
        How the frozen part of a network is run.
    seeds
        One a training.
    group
        The processes that train together.

    Raises
    ------
    RadbankError
        If batches are smaller than the group, a split lacks a class, the backbone cannot take the
        input size, or training diverges.
    """
    if settings.batch_size < group.size:
        raise RadbankError(
            f"finetune.batch_size is {settings.batch_size}, and {group.size} processes would share "
            "each batch: set it to their number at least, better to 16 times that."
        )
    training, validation = cohort.of_split("train"), cohort.of_split("validation")
    side = settings.side(synthetic=cohort.cases.synthetic)
    n_classes = len(cohort.cases.classes)
    common = arm.recipe(arm.learning_rate[0])
    network = build_network(
        backbone,
        n_classes=n_classes,
        image_size=side,
        seed=seeds[0],
        auxiliary=common.auxiliary_loss is not None,
    )
    network.to(device())
    precision = Precision.of(settings.precision, network.device)
    print(f"training in {precision}")
    if group.size > 1:
        print(f"{group.size} processes share each batch of {settings.batch_size} images")
    if common.auxiliary_loss is not None:
        weighed = (
            f"weighed with {common.auxiliary_loss:g}" if network.auxiliary else "there is none"
        )
        print(f"auxiliary classifier of {backbone.name}: {weighed}")
    if isinstance(arm, LastBlockArm):
        inputs = from_bank(
            arm, network, cohort, backbone, features=features, seed=seeds[0], group=group
        )
    else:
        inputs = from_images(network, training, validation, group)
    starting = None
    if common.logistic_start:
        folds = cohort.table.loc[cohort.table["split"] == "train", "fold"].to_numpy()
        starting = start_from_logistic(
            inputs.network,
            inputs.plain,
            folds,
            class_weight=settings.class_weight,
            seed=seeds[0],
            group=group,
        )
    start = {name: value.clone() for name, value in inputs.network.state_dict().items()}

    def make(rate: float, seed: int) -> Training:
        inputs.network.load_state_dict(start)
        if not common.logistic_start:
            inputs.network.draw_output_layer(seed)
        return Training(
            inputs.network,
            inputs.training,
            inputs.validation,
            recipe=arm.recipe(rate),
            batch_size=settings.batch_size,
            weight_of=class_weights(training.labels, settings.class_weight),
            precision=precision,
            seed=seed,
            group=group,
        )

    found = inputs.activations
    resumable = Resumable(
        {
            "arm": [arm.name, arm.model_dump()],
            "shared": [settings.batch_size, settings.class_weight, side, precision.name],
            "start": [backbone.name, backbone.weights.sha256, seeds[0]],
            "images": cohort.sha256,
            "activations": found and found.computation.digest,
        },
        group,
    )
    trainings, rejected = train_all(
        make,
        arm.learning_rate,
        seeds,
        resumable=resumable,
        auc=auc_name(cohort.cases.classes),
    )
    scores: list[np.ndarray] = []
    list(probabilities(network, cohort.every[:BATCH]))  # the first batch pays for start-up
    meter = Meter(network.device.type)
    for each in reversed(trainings):  # the first one's weights stay
        inputs.network.load_state_dict(each.best.state)
        meter.lap()
        scores.insert(0, all_probabilities(network, cohort.every, group))
    return Fitted(
        network=network,
        inputs=inputs,
        trainings=trainings,
        rejected=rejected,
        probabilities=scores,
        precision=precision,
        resumable=resumable,
        processes=group.size,
        starting=starting,
        scoring=meter.lap(),
    )
