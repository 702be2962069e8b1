"""Training of the head logistic_regression, in scikit-learn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from sklearn import linear_model
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from heads.array_head import Arrays
from heads.base import Chosen
from heads.class_weights import class_weights
from heads.examples import Examples
from radbank.errors import RadbankError
from radbank.progress import track

if TYPE_CHECKING:
    from heads.logistic_regression import LogisticRegression


def train_logistic(settings: "LogisticRegression", train: Examples) -> tuple[Arrays, Chosen]:
    """Choose C inside `train`, then fit on all of it.

    Returns
    -------
    arrays
        `mean` and `scale` of the features, `centre` and `components` of the principal components
        where they are asked for, `coefficients` of shape (n_outputs, n_features or n_components)
        and `intercepts`.
    chosen
        C, its cross-validated loss and the number of components.

    Raises
    ------
    RadbankError
        If the folds of `train` leave no fold to hold out, or one class to learn from.

    Notes
    -----
    L-BFGS starts each fit of a fold from the solution under the next stronger penalty, which
    costs a small part of a cold start. It runs on one thread: that is quicker than several for
    products of this size, and gives the same bytes whatever the number of cores.
    """
    path = sorted(settings.C)
    with threadpool_limits(limits=1):
        losses = _losses(settings, train, path) if len(path) > 1 else None
        best = 0 if losses is None else int(np.argmin(losses))
        X, y = _rows(settings, train)
        reduction = _reduction(settings)
        model = _model(settings, path[best]).fit(reduction.fit_transform(X), y)
    chosen: Chosen = {"C": path[best]}
    if losses is not None:
        chosen["cross_validated_log_loss"] = float(losses[best])
    scaler = reduction["scale"]
    arrays = {"mean": scaler.mean_, "scale": scaler.scale_}
    if settings.pca is not None:
        pca = reduction["pca"]
        arrays |= {"centre": pca.mean_, "components": np.ascontiguousarray(pca.components_)}
        chosen["components"] = int(pca.n_components_)
    arrays |= {"coefficients": np.ascontiguousarray(model.coef_), "intercepts": model.intercept_}
    return arrays, chosen


def _losses(
    settings: "LogisticRegression", train: Examples, path: Sequence[float]
) -> NDArray[np.float64]:
    """Return the weighted log loss over all held-out folds, shape (len(path),)."""
    folds = np.unique(train.folds)
    weight_of = class_weights(train.labels, settings.class_weight)
    losses = np.zeros(len(path), dtype=np.float64)
    for fold in track(folds, settings.name, total=len(folds), unit="folds"):
        held_out = train.take(train.folds == fold)
        X, y = _rows(settings, train.take(train.folds != fold))
        if len(np.unique(y)) < len(weight_of):
            raise RadbankError(
                f"Cross-validation of {settings.name} needs every class outside each fold, but "
                f"without fold {fold} of {len(folds)} one is missing: give more patients."
            )
        reduction = _reduction(settings).fit(X)
        X_held_out = reduction.transform(held_out.plain.astype(np.float64))
        X = reduction.transform(X)
        weight = weight_of[held_out.labels]
        model = _model(settings, path[0]).set_params(warm_start=True)
        for index, C in enumerate(path):
            scores = model.set_params(C=C).fit(X, y).decision_function(X_held_out)
            losses[index] += weight @ _log_losses(scores, held_out.labels)
    losses /= weight_of[train.labels].sum()
    return losses


def _rows(
    settings: "LogisticRegression", examples: Examples
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the training features, in double precision, and their labels."""
    rows = examples.views_as_rows() if settings.augment else examples
    return rows.plain.astype(np.float64), rows.labels


def _reduction(settings: "LogisticRegression") -> Pipeline:
    """Return scaling and PCA, the steps before the classifier; fit them on training rows only."""
    steps: list[tuple[str, Any]] = [("scale", StandardScaler())]
    if settings.pca is not None:
        steps.append(("pca", PCA(settings.pca, svd_solver="full")))
    return Pipeline(steps)


def _model(settings: "LogisticRegression", C: float) -> Any:  # noqa: ANN401 - scikit-learn has no types
    return linear_model.LogisticRegression(
        C=C, class_weight=settings.class_weight, tol=1e-5, max_iter=5000
    )


def _log_losses(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each image's log loss from scores of shape (n_images,) or (n_images, n_classes)."""
    losses: NDArray[np.float64]
    if scores.ndim == 1:
        margin = np.where(labels == 1, 1, -1) * scores
        losses = np.logaddexp(0, -margin)
    else:
        losses = logsumexp(scores, axis=1) - scores[np.arange(len(labels)), labels]
    return losses
