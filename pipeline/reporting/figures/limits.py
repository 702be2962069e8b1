"""The limits stage's curves: fewer patients, wrong labels, other class balances."""

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from pipeline.artifacts.summary import Summary
from pipeline.reporting.style import figure_style, label, name_in_words, new_axes, numbered_style
from pipeline.reporting.svg import Panel, Plate, inline_svg
from pipeline.reporting.text import number

_BANDS = (
    "Logistic regression on the same embeddings, with the penalty of the head above. Bands "
    "hold the draws of training sets and of test patients together. a: training patients. "
    "b: share of training labels"
)
_OF_ARMS = (
    " Fine-tuned networks were trained once at each point, on the first of the draws; their bands "
    "hold the draws of test patients."
)
_WIDE = 24  # letters of a legend's entry, more of which need a line of their own
_LABEL_NOISE = {
    "flipped": "labels flipped",
    "missed": "positives missed",
    "dropped": "labels missing",
}


def limits_curves(
    summary: Summary, tables: Mapping[str, pd.DataFrame], arms: Mapping[str, pd.DataFrame]
) -> Plate:
    """Draw the experiments, each curve with its band; that of balance is of two classes only.

    Parameters
    ----------
    summary
        What the AUC is of.
    tables
        Of the head, by name.
    arms
        `patients` and `labels` of arms of fine-tuning, without rows where there are none.
    """
    patients = {
        label(str(model)): rows.rename(columns={"patients": "x"})
        for table in (tables, arms)
        for model, rows in table["patients"].groupby("model", sort=False)
    }
    labels = {
        _LABEL_NOISE[str(kind)]: rows.rename(columns={"share": "x"})
        for kind, rows in tables["labels"].groupby("kind", sort=False)
    }
    labels |= {
        f"{_LABEL_NOISE['missed']}, {name_in_words(str(model))}": rows.rename(
            columns={"share": "x"}
        )
        for model, rows in arms["labels"].groupby("model", sort=False)
    }
    of_arms = "" if arms["patients"].empty else _OF_ARMS
    auc = summary.auc_heading
    panels = [
        Panel("Patients", _panel(patients, "patients", "Training patients", auc)),
        Panel("Labels", _panel(labels, "labels", "Share of training labels", auc)),
    ]
    if not summary.binary:
        return Plate(
            key="limits",
            title="Fewer patients, wrong labels.",
            caption=f"{_BANDS} turned into any other class, or taken away.{of_arms}",
            panels=tuple(panels),
        )
    accuracy = tables["balance"][tables["balance"]["metric"] == "accuracy"]
    balance = {
        f"{share:.0%} in training": rows.rename(columns={"test": "x"})
        for share, rows in accuracy.groupby("training")
    }
    drawn = _panel(balance, "balance", "Share of positives in test", "Accuracy")
    return Plate(
        key="limits",
        title="Fewer patients, wrong labels, other class balances.",
        caption=(
            f"{_BANDS} turned into the other class, or taken away; for positives missed, share "
            "of the positive training labels written down as negative. c: share of "
            "positive patients in training (one line each, all of one size) and of positive "
            "images in test; accuracy at the threshold of the validation split."
            f"{of_arms}"
        ),
        panels=(*panels, Panel("Balance", drawn)),
    )


def _panel(series: Mapping[str, pd.DataFrame], name: str, x_label: str, y_label: str) -> Markup:
    key = f"limits-{name}"
    with figure_style(key):
        columns = 2 if max(map(len, series)) <= _WIDE else 1
        figure, axes = new_axes(3.6, 3.4 if columns == 2 else 3.1 + 0.17 * len(series))
        listed = []
        for i, (words, rows) in enumerate(series.items()):
            style = numbered_style(i)
            axes.fill_between(
                rows["x"], rows["low"], rows["high"], color=style.colour, alpha=0.1, lw=0
            )
            axes.plot(
                rows["x"],
                rows["value"],
                color=style.colour,
                dashes=style.dashes or (None, None),
                marker=style.marker,
                ms=4,
                label=words,
            )
            values = ", ".join(number(value) for value in rows["value"])
            listed.append(f"{words}: {values}")
        axes.set(xlabel=x_label, ylabel=y_label)
        if len(series) > 1:
            figure.legend(loc="outside lower left", ncols=columns)
        return inline_svg(
            figure, key=key, alt=f"{y_label} by {x_label.lower()}. {'; '.join(listed)}."
        )
