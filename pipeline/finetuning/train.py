"""Train a network, writing its curves and its best weights on the way."""

from pipeline import paths
from pipeline.artifacts.trained_model import TrainedModel
from pipeline.evaluation.wording import auc_name
from pipeline.finetuning.best import Best, with_best
from pipeline.finetuning.checkpoint import write_checkpoint
from pipeline.finetuning.curves import log_epoch, open_curves
from pipeline.finetuning.images import LabelledImages
from pipeline.finetuning.loop import Epoch, fine_tune
from pipeline.finetuning.network import FineTunedNetwork
from pipeline.params import Finetune

MODEL = paths.model(paths.FINETUNE)


def train(
    network: FineTunedNetwork,
    training: LabelledImages,
    validation: LabelledImages,
    *,
    model: TrainedModel,
    settings: Finetune,
    seed: int,
) -> tuple[Best, TrainedModel]:
    """Train a network, writing its curves each epoch and its best weights now and then.

    Returns
    -------
    best
        The best epoch with its weights.
    model
        What was written beside them: `model` with the threshold of that epoch.
    """
    epochs = fine_tune(network, training, validation, settings=settings, seed=seed)
    with open_curves(paths.CURVES) as live:
        for epoch, best in with_best(epochs, network):
            log_epoch(live, epoch)
            print(progress(epoch, settings.epochs, auc_name(model.classes)))
            if epoch.number % settings.checkpoint_every == 0 or epoch.number == settings.epochs:
                written = write_checkpoint(MODEL, best, model, validation.labels)
    return best, written


def progress(epoch: Epoch, epochs: int, auc: str) -> str:
    """Say in a line what an epoch came to; `auc` is what the AUC is called."""
    return (
        f"epoch {epoch.number}/{epochs}: loss {epoch.loss:.4f}, validation loss "
        f"{epoch.validation_loss:.4f}, validation {auc} {epoch.validation_auc:.4f}, learning rate "
        f"{epoch.learning_rate:.2e}"
    )
