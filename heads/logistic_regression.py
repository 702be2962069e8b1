"""Logistic regression with an L2 penalty chosen by patient-grouped cross-validation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from sklearn import linear_model
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from heads import skops_file
from heads.base import Head
from heads.class_weights import ClassWeight, class_weights, describe_class_weight
from heads.examples import Examples
from radbank.errors import RadbankError
from radbank.progress import track


@dataclass(kw_only=True)
class LogisticRegression(Head):
    """Standardised features, optionally PCA, L2-penalised logistic regression.

    Of more than two classes it is multinomial: one softmax over all of them.

    Parameters
    ----------
    C
        Inverse penalties to choose from; a smaller one is a stronger penalty. Of one there is
        nothing to choose, and no cross-validation.
    pca
        Keep the principal components that hold this share of the variance of the standardised
        features; None: all features as they are.
    class_weight
        "balanced": all classes weigh the same in the loss; None: every image does.
    augment
        Train on all views instead of the plain one. A held-out fold is always scored on its
        plain view, because that is what the head will be used on.

    Notes
    -----
    The inverse penalty is the one with the smallest log loss over all held-out folds of the
    training split, weighted by class as the loss in training is. Log loss rather than AUC: it is
    what the model minimises, it also punishes overconfidence, and it is defined on a fold that
    holds one class only. Of equal losses the stronger penalty wins. Scaler and PCA are fitted
    inside each fold. Validation images take no part.

    L-BFGS starts each fit of a fold from the solution under the next stronger penalty, which
    costs a small part of a cold start. It runs on one thread: that is quicker than several for
    products of this size, and gives the same bytes whatever the number of cores.
    """

    name = "logistic_regression"
    weights_file = "pipeline.skops"

    C: Sequence[float] = (1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0)
    pca: float | None = None
    class_weight: ClassWeight = "balanced"
    augment: bool = False
    pipeline_: Pipeline = field(init=False, repr=False)

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return describe_class_weight(self.class_weight)

    def fit(self, train: Examples, validation: Examples) -> Self:  # noqa: ARG002 - C needs none
        """Choose C inside `train`, then fit on all of it.

        Raises
        ------
        RadbankError
            If the folds of `train` leave no fold to hold out, or one class to learn from.
        """
        path = sorted(self.C)
        with threadpool_limits(limits=1):
            losses = self._losses(train, path) if len(path) > 1 else None
            best = 0 if losses is None else int(np.argmin(losses))
            X, y = self._rows(train)
            steps = [*self._reduction().steps, ("classify", self._model(path[best]))]
            self.pipeline_ = Pipeline(steps).fit(X, y)
        self.chosen_ = {"C": path[best]}
        if losses is not None:
            self.chosen_["cross_validated_log_loss"] = float(losses[best])
        if self.pca is not None:
            self.chosen_["components"] = int(self.pipeline_["pca"].n_components_)
        return self

    def _losses(self, train: Examples, path: Sequence[float]) -> NDArray[np.float64]:
        """Return the weighted log loss over all held-out folds, shape (len(path),)."""
        folds = np.unique(train.folds)
        weight_of = class_weights(train.labels, self.class_weight)
        losses = np.zeros(len(path), dtype=np.float64)
        for fold in track(folds, self.name, total=len(folds), unit="folds"):
            held_out = train.take(train.folds == fold)
            X, y = self._rows(train.take(train.folds != fold))
            if len(np.unique(y)) < len(weight_of):
                raise RadbankError(
                    f"Cross-validation of {self.name} needs every class outside each fold, but "
                    f"without fold {fold} of {len(folds)} one is missing: give more patients."
                )
            reduction = self._reduction().fit(X)
            X_held_out = reduction.transform(held_out.plain.astype(np.float64))
            X = reduction.transform(X)
            weight = weight_of[held_out.labels]
            model = self._model(path[0]).set_params(warm_start=True)
            for index, C in enumerate(path):
                scores = model.set_params(C=C).fit(X, y).decision_function(X_held_out)
                losses[index] += weight @ _log_losses(scores, held_out.labels)
        losses /= weight_of[train.labels].sum()
        return losses

    def _rows(self, examples: Examples) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return features and labels to learn from, in double precision."""
        rows = examples.views_as_rows() if self.augment else examples
        return rows.plain.astype(np.float64), rows.labels

    def _reduction(self) -> Pipeline:
        """Return what stands before the classifier, to be fitted on training rows only."""
        steps: list[tuple[str, Any]] = [("scale", StandardScaler())]
        if self.pca is not None:
            steps.append(("pca", PCA(self.pca, svd_solver="full")))
        return Pipeline(steps)

    def _model(self, C: float) -> Any:  # noqa: ANN401 - scikit-learn has no types
        return linear_model.LogisticRegression(
            C=C, class_weight=self.class_weight, tol=1e-5, max_iter=5000
        )

    def _probability(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        with threadpool_limits(limits=1):
            probability: NDArray[np.float64] = self.pipeline_.predict_proba(
                embeddings.astype(np.float64)
            )
        return probability[:, 1] if probability.shape[1] == 2 else probability

    def _save_weights(self, path: Path) -> None:
        skops_file.dump(self.pipeline_, path)

    def _load_weights(self, path: Path) -> None:
        self.pipeline_ = skops_file.load(path, Pipeline)


def _log_losses(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each image's log loss from scores of shape (n_images,) or (n_images, n_classes)."""
    losses: NDArray[np.float64]
    if scores.ndim == 1:
        margin = np.where(labels == 1, 1, -1) * scores
        losses = np.logaddexp(0, -margin)
    else:
        losses = logsumexp(scores, axis=1) - scores[np.arange(len(labels)), labels]
    return losses
