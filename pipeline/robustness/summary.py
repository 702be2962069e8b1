"""The bench that the stage limits works on, and what its curves show, in words."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from heads import get_head
from pipeline import paths
from pipeline.artifacts.provenance import data_in_words, weights_in_words
from pipeline.artifacts.task import Task
from pipeline.evaluation.wording import auc_name
from pipeline.params import Params
from pipeline.robustness.bench import Bench
from pipeline.training.cohort import LabelledEmbeddings


def make_bench(cohort: LabelledEmbeddings, params: Params) -> Bench:
    """Take the splits, and the head of `limits.head` with what its training chose.

    A penalty is the one chosen inside the whole training split; neither validation nor test had a
    say. Without a test split, or with one that lacks a class, everything is scored on validation.
    """
    name = params.limits.head
    head = get_head(name).load(paths.model(name))
    return Bench(
        train=cohort.part("train"),
        validation=cohort.part("validation"),
        test=cohort.part(test_split(cohort)),
        head=head.settled(),
        confidence=params.evaluate.confidence,
        seed=params.seed,
    )


def test_split(cohort: LabelledEmbeddings) -> str:
    """Return the split that everything is scored on: test, or validation where that lacks a class.

    A test set of one class has no AUC.
    """
    there = cohort.examples.labels[cohort.rows("test")]
    return "test" if set(there) == set(range(len(cohort.classes))) else "validation"


def summary(cohort: LabelledEmbeddings, tables: dict[str, pd.DataFrame]) -> str:
    """Say in a few lines what the curves show."""
    synthetic, random = (bool(cohort.attributes[key]) for key in ("synthetic", "weights_random"))
    weights = weights_in_words(cohort.attributes["weights"], random=random)
    auc = auc_name(cohort.classes)
    data = data_in_words(synthetic=synthetic)
    lines = [f"data: {data}, weights: {weights}; {auc} on {test_split(cohort)}"]
    lines += [
        f"{row['patients']:>6} patients ({row['share']:.0%}): {_band(row)}"
        for row in tables["patients"].to_dict("records")
    ]
    for row in tables["labels"].to_dict("records"):
        planted = row["kind"] != "dropped" and row["share"] > 0
        found = f"; {row['found']:.0%} found, {row['right']:.0%} right" if planted else ""
        which = "positives" if row["kind"] == "missed" else "labels"
        lines.append(f"{row['share']:>6.0%} of {which} {row['kind']}: {_band(row)}{found}")
    suspects = tables["suspects"]
    (planted,) = tables["planted"].to_dict("records")
    chance = f"{planted['found']:.0%} of planted errors named, by chance {planted['by_chance']:.0%}"
    first = f", {', '.join(suspects['id'][:5])} first" if len(suspects) else ""
    listed = f"{len(suspects)} suspect labels{first}" if planted["clear"] else "no label is named"
    lines.append(f"{listed} ({chance})")
    task = Task.of(cohort.classes)
    if not task.binary:
        lines.append(task.left_out("Experiments with the balance of classes"))
    return "\n".join(lines)


def _band(row: Mapping[Hashable, Any]) -> str:
    if np.isnan(row["low"]):
        return f"{row['value']:.3f} (no band: it does not vary)"
    return f"{row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
