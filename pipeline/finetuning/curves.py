"""Learning curves, written by DVCLive while the training runs."""

from pathlib import Path

from dvclive.live import Live

from pipeline.finetuning.loop import Epoch


def open_curves(folder: Path) -> Live:
    """Start empty curves in a folder; close them by leaving the context.

    DVCLive is kept to writing curves: dvc.yaml already names them as outputs of a stage, and
    DVC, which started the stage, makes the experiment.
    """
    return Live(str(folder), save_dvc_exp=False, dvcyaml=None, report=None)


def log_epoch(live: Live, epoch: Epoch) -> None:
    """Append an epoch to the curves on disk.

    DVCLive writes each curve to ``plots/metrics/<name>.tsv`` with the columns `step` (here the
    epoch, from 1) and the last part of the name, and at the end the last values to
    ``metrics.json``.
    """
    live.step = epoch.number
    live.log_metric("train/loss", epoch.loss)
    live.log_metric("validation/loss", epoch.validation_loss)
    live.log_metric("validation/auc", epoch.validation_auc)
    live.log_metric("learning_rate", epoch.learning_rate)
