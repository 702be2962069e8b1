"""Fine-tuning's learning curves: DVCLive's one file a curve, joined to one table."""

from pathlib import Path

import pandas as pd

from radbank.errors import RadbankError

_COLUMNS = {
    "train_loss": "train/loss",
    "validation_loss": "validation/loss",
    "validation_auc": "validation/auc",
}


def learning_curve(folder: Path) -> pd.DataFrame:
    """Read what DVCLive wrote of a training.

    Parameters
    ----------
    folder
        Where DVCLive wrote; it keeps `plots/metrics/<name>.tsv` there, with the columns `step`
        and the last part of the name (https://doc.dvc.org/dvclive/live/log_metric).

    Returns
    -------
    DataFrame
        `epoch` and each of `train_loss`, `validation_loss`, `validation_auc`.

    Raises
    ------
    RadbankError
        If a curve is missing or is not such a table.
    """
    curves = [
        _read(folder / f"plots/metrics/{name}.tsv", column) for column, name in _COLUMNS.items()
    ]
    return pd.concat(curves, axis=1).rename_axis("epoch").reset_index()


def _read(path: Path, column: str) -> "pd.Series[float]":
    """Read one curve, indexed by step."""
    try:
        frame = pd.read_csv(
            path, sep="\t", index_col="step", dtype={"step": "int64", path.stem: "float64"}
        )
        return frame[path.stem].rename(column)
    except FileNotFoundError:
        raise RadbankError(f"There is no {path}: run `dvc repro finetune`.") from None
    except (KeyError, ValueError):
        raise RadbankError(
            f"{path} has no columns 'step' and {path.stem!r}: run `dvc repro finetune`."
        ) from None
