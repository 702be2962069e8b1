"""The AUC by subgroup as a forest plot, one panel a model."""

from markupsafe import Markup

from pipeline.artifacts.results import SubgroupMetrics, SubgroupsFile
from pipeline.artifacts.summary import Summary
from pipeline.reporting.figures.forest import ForestRow, forest
from pipeline.reporting.style import ModelStyle, model_styles
from pipeline.reporting.svg import Panel, Plate
from pipeline.reporting.text import percent, with_interval

_LACKING = {True: "of one class", False: "that lack a class"}


def subgroup_forest(summary: Summary, subgroups: SubgroupsFile, models: list[str]) -> Plate | None:
    """Draw each subgroup's AUC with its interval; None where no subgroup has one."""
    drawn = [
        group
        for group in subgroups.groups
        if any(group.models[model].auc.value is not None for model in models)
    ]
    if not drawn:
        return None
    styles = model_styles(summary.models)
    return Plate(
        key="subgroups",
        title=f"{summary.auc_heading} by subgroup.",
        caption=(
            f"Points: {summary.auc} on the {summary.split} split; bars: "
            f"{percent(summary.confidence)} intervals over patients; dashed line: all cases. A "
            f"hollow point marks a subgroup of fewer than {subgroups.minimum_patients} patients, "
            f"too small to be read. Subgroups {_LACKING[summary.binary]} have no AUC and are "
            "only in the table. Many subgroups were looked at: some differ by chance."
        ),
        panels=tuple(
            Panel(
                styles[model].label,
                _forest(drawn, model, styles[model], summary),
            )
            for model in models
        ),
    )


def _forest(
    groups: list[SubgroupMetrics], model: str, style: ModelStyle, summary: Summary
) -> Markup:
    rows, listed = [], []
    for group in groups:
        auc, name = group.models[model].auc, f"{group.column}: {group.value}"
        rows.append(ForestRow(f"{name} (n = {group.n})", auc, style, hollow=group.too_small))
        listed.append(f"{name} {with_interval(auc)}, {group.n_patients} patients")
    return forest(
        rows,
        key=f"subgroups-{model}",
        x_label=summary.auc_heading,
        alt=f"{summary.auc_heading} of {style.label} by subgroup: {'; '.join(listed)}.",
        whole=summary.models[model].auc.value,
    )
