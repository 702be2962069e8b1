"""Logistic regression with an L2 penalty chosen by patient-grouped cross-validation."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heads.array_head import ArrayHead
from heads.class_weights import ClassWeight, describe_class_weight
from heads.examples import Examples
from heads.hyperparameters import Positive
from heads.scores import linear, probabilities


@dataclass(kw_only=True)
class LogisticRegression(ArrayHead):
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
    """

    name = "logistic_regression"
    label = "logistic regression"
    weights_file = "coefficients.safetensors"
    fitted_by = ("heads.logistic_training",)

    C: Annotated[list[Positive], Field(min_length=1)] = field(
        default_factory=lambda: [1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0]
    )
    pca: Annotated[float, Field(gt=0, lt=1)] | None = None
    class_weight: ClassWeight = "balanced"
    augment: bool = False

    @property
    def random(self) -> bool:
        """Nothing is drawn: the loss is convex, and folds come with the images."""
        return False

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return describe_class_weight(self.class_weight)

    @property
    def configurations(self) -> int:
        """How many penalties are tried."""
        return len(self.C)

    def fit(self, train: Examples, validation: Examples) -> Self:  # noqa: ARG002 - C needs none
        """Choose C inside `train`, then fit on all of it.

        Raises
        ------
        RadbankError
            If the folds of `train` leave no fold to hold out, or one class to learn from.
        """
        from heads.logistic_training import train_logistic  # noqa: PLC0415 - sklearn takes a second

        self.arrays_, self.chosen_ = train_logistic(self, train)
        return self

    def settled(self) -> Self:
        """Return an unfitted copy whose penalty is the one that fitting selected."""
        return replace(self, C=[float(self.chosen_["C"])])

    def predict_proba(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each class, shape (n_images, n_classes)."""
        arrays = self.arrays_
        features = (embeddings - arrays["mean"]) / arrays["scale"]
        if "components" in arrays:
            components = arrays["components"]
            features = linear(features - arrays["centre"], components.T, np.zeros(len(components)))
        return probabilities(linear(features, arrays["coefficients"].T, arrays["intercepts"]))
