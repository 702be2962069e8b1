"""Learning curves, written by DVCLive."""

from collections.abc import Iterable
from pathlib import Path

from dvclive.live import Live

from pipeline.finetuning.epoch import Epoch


def write_curves(folder: Path, epochs: Iterable[Epoch]) -> None:
    """Write the curves of a training in place of what the folder held.

    DVCLive writes each curve to ``plots/metrics/<name>.tsv`` with the columns `step` (here the
    epoch, from 1) and the last part of the name, and at the end the last values to
    ``metrics.json``. It is kept to writing curves: dvc.yaml already names them as outputs of a
    stage, and DVC, which started the stage, makes the experiment.
    """
    with Live(str(folder), save_dvc_exp=False, dvcyaml=None, report=None) as live:
        for epoch in epochs:
            live.step = epoch.number
            live.log_metric("train/loss", epoch.loss)
            live.log_metric("validation/loss", epoch.validation_loss)
            live.log_metric("validation/auc", epoch.validation_auc)
            live.log_metric("learning_rate", epoch.learning_rate)
