"""Learning curves of fine-tuning."""

import pandas as pd
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from pipeline.artifacts.summary import Summary
from pipeline.paths import FINETUNE
from pipeline.reporting.style import figure_style, model_styles, new_axes
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import number


def learning(summary: Summary, epochs: pd.DataFrame) -> Plate:
    """Draw loss and validation AUC over the epochs of fine-tuning."""
    return Plate(
        key="learning",
        title="Learning curves of fine-tuning.",
        caption=(
            f"{len(epochs)} epochs. Loss: cross-entropy on the training split (with augmentation) "
            "and on the validation split. The test split plays no part here."
        ),
        panels=(
            Panel("Loss", _lines(epochs, _LOSS, "loss", "Cross-entropy loss")),
            Panel(
                summary.auc_heading,
                _lines(epochs, _AUC, "auc", f"Validation {summary.auc}"),
            ),
        ),
    )


_LOSS = {"train_loss": "Training", "validation_loss": "Validation"}
_AUC = {"validation_auc": "Validation"}


def _lines(epochs: pd.DataFrame, columns: dict[str, str], quantity: str, y_label: str) -> Markup:
    key = f"learning-{quantity}"
    style = model_styles([FINETUNE])[FINETUNE]
    with figure_style(key):
        figure, axes = new_axes(4.4, 2.9)
        listed = []
        for column, name in columns.items():
            dashed = column.startswith("train")
            axes.plot(
                epochs["epoch"],
                epochs[column],
                color=style.colour,
                dashes=(4, 2) if dashed else (None, None),
                marker="o",
                ms=4,
                mfc="none" if dashed else style.colour,
                label=name,
            )
            values = ", ".join(number(value) for value in epochs[column])
            listed.append(f"{name} by epoch: {values}")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set(xlabel="Epoch", ylabel=y_label)
        axes.margins(y=0.15)
        if len(columns) > 1:
            figure.legend(loc="outside lower left", ncols=2)
        return inline_svg(figure, key=key, alt=f"{y_label}. {'; '.join(listed)}.")
