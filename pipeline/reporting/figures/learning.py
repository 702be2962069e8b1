"""Learning curves of fine-tuning."""

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from pipeline.artifacts.summary import Summary
from pipeline.reporting.style import ModelStyle, figure_style, model_styles, new_axes
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import number


def learning(summary: Summary, arms: Mapping[str, pd.DataFrame]) -> Plate:
    """Draw loss and validation AUC over the epochs of every arm of fine-tuning."""
    styles = {name: look for name, look in model_styles(summary.models).items() if name in arms}
    return Plate(
        key="learning",
        title="Learning curves of fine-tuning.",
        caption=(
            "Loss: cross-entropy on the training split (with augmentation, dashed) and on the "
            "validation split. The test split plays no part here."
        ),
        panels=(
            Panel("Loss", _lines(arms, styles, _LOSS, "loss", "Cross-entropy loss")),
            Panel(
                summary.auc_heading,
                _lines(arms, styles, _AUC, "auc", f"Validation {summary.auc}"),
            ),
        ),
    )


_LOSS = {"train_loss": "training", "validation_loss": "validation"}
_AUC = {"validation_auc": "validation"}


def _lines(
    arms: Mapping[str, pd.DataFrame],
    styles: Mapping[str, ModelStyle],
    columns: dict[str, str],
    quantity: str,
    y_label: str,
) -> Markup:
    key = f"learning-{quantity}"
    with figure_style(key):
        figure, axes = new_axes(4.4, 2.9)
        listed = []
        for arm, epochs in arms.items():
            style = styles[arm]
            for column, name in columns.items():
                dashed = column.startswith("train")
                axes.plot(
                    epochs["epoch"],
                    epochs[column],
                    color=style.colour,
                    dashes=(4, 2) if dashed else (None, None),
                    marker=style.marker,
                    ms=4,
                    mfc="none" if dashed else style.colour,
                    label=f"{style.label}: {name}",
                )
                values = ", ".join(number(value) for value in epochs[column])
                listed.append(f"{style.label}, {name} by epoch: {values}")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set(xlabel="Epoch", ylabel=y_label)
        axes.margins(y=0.15)
        figure.legend(loc="outside lower left", ncols=1)
        return inline_svg(figure, key=key, alt=f"{y_label}. {'; '.join(listed)}.")
