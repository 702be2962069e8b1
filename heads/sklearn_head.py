"""Base class for any scikit-learn classifier as a head."""

from abc import abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from heads.base import Head
from heads.class_weights import ClassWeight, class_weights, describe_class_weight
from heads.examples import Examples
from radbank.errors import RadbankError


@dataclass(kw_only=True)
class SklearnHead(Head):
    """Base class of heads that wrap a scikit-learn classifier; a subclass creates the classifier.

    Parameters
    ----------
    class_weight
        "balanced": all classes weigh the same in the loss; None: every image does. The weights go
        to the classifier as `sample_weight`.
    augment
        Train on all views instead of the plain one.

    Attributes
    ----------
    trusted_types
        Full names of the types that its file may hold beyond those that skops trusts by itself.
        A file with any other type is not loaded.

    Examples
    --------
    A head is its hyperparameters and the classifier made of them::

        @dataclass(kw_only=True)
        class RandomForest(SklearnHead):
            name = "random_forest"
            label = "random forest"
            trusted_types = ("sklearn.tree._tree.Tree",)
            trees: Count = 200

            def classifier(self):
                from sklearn.ensemble import RandomForestClassifier

                return RandomForestClassifier(self.trees, random_state=self.seed)
    """

    weights_file = "classifier.skops"
    fitted_by = ("sklearn.utils.validation", "threadpoolctl")
    trusted_types: ClassVar[tuple[str, ...]] = ()

    class_weight: ClassWeight = "balanced"
    augment: bool = False
    classifier_: Any = field(init=False, repr=False)

    @abstractmethod
    def classifier(self) -> Any:  # noqa: ANN401 - scikit-learn has no types
        """Return the classifier, not fitted yet; it must have `predict_proba`."""

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return describe_class_weight(self.class_weight)

    def fit(self, train: Examples, validation: Examples) -> Self:  # noqa: ARG002 - nothing stops
        """Fit the classifier on `train`.

        Raises
        ------
        RadbankError
            If classes are to be weighted and the classifier takes no weights.
        """
        from sklearn.utils.validation import has_fit_parameter  # noqa: PLC0415 - takes a second
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 - used only here

        rows = train.views_as_rows() if self.augment else train
        classifier, weights = self.classifier(), {}
        if self.class_weight is not None:
            if not has_fit_parameter(classifier, "sample_weight"):
                raise RadbankError(
                    f"{type(classifier).__name__} takes no weights of images: set "
                    f"heads.{self.name}.class_weight to null in params.yaml."
                )
            weight_of = class_weights(rows.labels, self.class_weight)
            weights = {"sample_weight": weight_of[rows.labels]}
        with threadpool_limits(limits=1):
            self.classifier_ = classifier.fit(rows.plain, rows.labels, **weights)
        self.chosen_ = {"classifier": type(classifier).__name__}
        return self

    def predict_proba(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each class, shape (n_images, n_classes)."""
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 - used only here

        with threadpool_limits(limits=1):
            return np.asarray(
                self.classifier_.predict_proba(np.ascontiguousarray(embeddings)), dtype=np.float64
            )

    def _save_weights(self, path: Path) -> None:
        from heads import skops_file  # noqa: PLC0415 - scikit-learn takes a second to import

        skops_file.dump(self.classifier_, path)

    def _load_weights(self, path: Path) -> None:
        from heads import skops_file  # noqa: PLC0415 - scikit-learn takes a second to import

        self.classifier_ = skops_file.load(path, self.trusted_types)
