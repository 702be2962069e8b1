"""An arm of fine-tuning on the altered training sets of the head, and compared with it on each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heads.examples import Examples
from pipeline.evaluation.classified import ClassifiedCases
from pipeline.evaluation.rule import DecisionRule
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.retraining import Retraining
from pipeline.robustness.bench import Bench
from pipeline.robustness.labels import first_rows, miss, order_of_positives
from pipeline.robustness.patients import draw_orders, first_patients
from pipeline.statistics.auc import auc_difference
from pipeline.statistics.scored_cases import ScoredCases

_FIGURES = ["value", "low", "high", "difference", "difference_low", "difference_high"]
OF_PATIENTS = ["model", "share", "patients", "images", *_FIGURES]
OF_LABELS = ["model", "kind", "share", *_FIGURES]


@dataclass(frozen=True, eq=False)
class ArmBench:
    """An arm beside the head of a bench: the same training sets, the same test images.

    Attributes
    ----------
    bench
        Of the head.
    cases : DataFrame
        id and split of the images of the bench, those of a split in the order of the bench.
    test
        The split that is the bench's test.
    cohort
        The images themselves.
    retraining
        Of the arm.
    """

    bench: Bench
    cases: pd.DataFrame
    test: str
    cohort: ImageCohort
    retraining: Retraining

    def patients(self, shares: Sequence[float]) -> pd.DataFrame:
        """Train on shares of the patients, as the head's curve draws them the first time.

        Parameters
        ----------
        shares
            Of the patients of each class, above 0 to 1.

        Returns
        -------
        DataFrame
            :data:`OF_PATIENTS`, a row a share: AUC on test with its band, and the arm's AUC minus
            the head's on the same patients with the paired interval.
        """
        (order,) = draw_orders(self.bench, 1)
        rows = []
        for share in sorted(shares):
            chosen = first_patients(order, share)
            kept = np.isin(self.bench.train.groups.astype(str), chosen)
            figures = self._figures(self.bench.train, kept)
            rows.append((self._name, share, len(chosen), int(kept.sum()), *figures))
        return pd.DataFrame(rows, columns=OF_PATIENTS)

    def missed(self, shares: Sequence[float]) -> pd.DataFrame:
        """Write shares of the positive training images down as negatives, as for the head.

        Parameters
        ----------
        shares
            Of the positive images, from 0 to below 1.

        Returns
        -------
        DataFrame
            :data:`OF_LABELS`, a row a share; none of more than two classes.
        """
        rows = []
        order, n = order_of_positives(self.bench, 0), len(self.bench.train)
        for share in sorted(shares) if self.bench.n_classes == 2 else ():
            (hidden,) = first_rows([order], share, n)
            figures = self._figures(miss(self.bench.train, hidden), np.ones(n, dtype=bool))
            rows.append((self._name, "missed", share, *figures))
        return pd.DataFrame(rows, columns=OF_LABELS)

    @property
    def _name(self) -> str:
        return self.retraining.arm.name

    def _figures(self, train: Examples, kept: NDArray[np.bool_]) -> tuple[float | None, ...]:
        """Train both on some of the training images, labelled so; return the arm's figures.

        The arm is trained once, so its band holds draws of test patients only.
        """
        head = self.bench.metrics(train.take(kept))
        arm = self._classified(self._altered(train.labels, kept))
        band = self.bench.band([arm], "auc")
        paired = auc_difference(arm.one_vs_rest, head.one_vs_rest, self.bench.confidence)
        return band.value, band.low, band.high, paired.value, paired.low, paired.high

    def _altered(self, labels: NDArray[np.int64], kept: NDArray[np.bool_]) -> ImageCohort:
        """Return the images with these training labels, without the training images not kept."""
        ids = self._ids("train")[kept]
        table = self.cohort.table
        left = table[(table["split"] != "train") | table["id"].isin(ids)]
        told = dict(zip(ids, labels[kept].tolist(), strict=True))
        own = zip(left["id"], left["label"], strict=True)
        return self.cohort.altered(
            left.assign(label=[told.get(name, label) for name, label in own])
        )

    def _classified(self, cohort: ImageCohort) -> ClassifiedCases:
        """Train the arm on a cohort, and score the test images in the order of the bench."""
        said = self.retraining.probabilities(cohort)
        at = pd.Index(cohort.table["id"]).get_indexer(self._ids(self.test))
        test, task = self.bench.test, self.bench.task
        return ClassifiedCases.of(
            task, ScoredCases.of(test.labels, said[at], test.groups), DecisionRule(None)
        )

    def _ids(self, split: str) -> NDArray[np.object_]:
        return self.cases["id"][self.cases["split"] == split].to_numpy(object)
