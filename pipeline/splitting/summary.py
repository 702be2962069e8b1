"""Summary of a split in words."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.artifacts.cases import Cases
from pipeline.artifacts.splits import SPLITS
from pipeline.splitting.partition import Plan


def summarise(splits: pd.DataFrame, cases: Cases, plan: Plan, *, hashes: Sequence[str]) -> str:
    """Say in a few lines who went where.

    Parameters
    ----------
    splits
        As :func:`pipeline.splitting.partition.partition` returns it.
    cases
        In the same order.
    plan
        What was asked for.
    hashes
        Of the prepared pixels of each image.
    """
    labels = cases.frame["label"].to_numpy()
    lines = [f"{'split':<11}{'patients':>9}{'images':>8}  " + " / ".join(cases.classes)]
    for name in SPLITS:
        inside = (splits["split"] == name).to_numpy()
        if inside.any():
            counts = np.bincount(labels[inside], minlength=len(cases.classes))
            lines.append(
                f"{name:<11}{splits['group'][inside].nunique():>9}{inside.sum():>8}  "
                + " / ".join(map(str, counts))
            )
    joined = cases.frame["group"].nunique() - splits["group"].nunique()
    lines.append(f"exact duplicates: {len(splits) - len(set(hashes))}, patients joined: {joined}")
    mixed = pd.Series(labels).groupby(np.asarray(hashes)).nunique() > 1
    if mixed.any():
        lines.append(f"{mixed.sum()} prepared images occur under several labels")
    official = set(cases.frame["official_split"].dropna())
    if "test" in official:
        lines.append(
            f"The official test set stays whole: split.test ({plan.test}) is ignored, and "
            f"{(splits['split'] == 'excluded').sum()} images of patients it shares are excluded"
        )
    return "\n".join(lines)
