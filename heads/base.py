"""What every head is: hyperparameters in, fit, probabilities out, saved without pickle."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from radbank.errors import RadbankError
from radbank.files import read_json, write_json

ClassWeight: TypeAlias = Literal["balanced"] | None
Chosen: TypeAlias = dict[str, float | int | str]

SETTINGS = "head.json"


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """Labelled embeddings of one split.

    Attributes
    ----------
    embeddings : ndarray of shape (n_images, n_views, n_features), float32
        View 0 is the image as it is, views 1 and up are augmented.
    labels : ndarray of shape (n_images,), int64
        Class of each image, from 0.
    groups : ndarray of shape (n_images,), str
        Patient of each image.
    folds : ndarray of shape (n_images,), int64
        Patient-grouped cross-validation fold of each training image, -1 elsewhere.
    """

    embeddings: NDArray[np.float32]
    labels: NDArray[np.int64]
    groups: NDArray[Any]
    folds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def plain(self) -> NDArray[np.float32]:
        """Embeddings of the unaugmented images, shape (n_images, n_features)."""
        return self.embeddings[:, 0]

    def take(self, rows: NDArray[Any]) -> Self:
        """Return the images that an index or a boolean mask of shape (n_images,) picks."""
        return type(self)(
            embeddings=self.embeddings[rows],
            labels=self.labels[rows],
            groups=self.groups[rows],
            folds=self.folds[rows],
        )

    def views_as_rows(self) -> Self:
        """Return the same embeddings with every view as an image of its own.

        The views of an image keep its label, patient and fold, so folds stay free of leaks.
        """
        n_images, n_views, n_features = self.embeddings.shape
        return type(self)(
            embeddings=self.embeddings.reshape(n_images * n_views, 1, n_features),
            labels=self.labels.repeat(n_views),
            groups=self.groups.repeat(n_views),
            folds=self.folds.repeat(n_views),
        )


@dataclass(kw_only=True)
class Head(ABC):
    """A classifier on embeddings, of two classes or of more.

    Subclasses are dataclasses whose fields are the hyperparameters of the block of the same name
    in params.yaml. What :meth:`fit` learns ends in an underscore.

    Parameters
    ----------
    seed
        Seed of whatever is random in fitting.
    average_views
        Answer for an image with the mean over all its views (test-time averaging) instead of its
        plain view.
    """

    name: ClassVar[str]
    weights_file: ClassVar[str]
    seed: int
    average_views: bool = False
    chosen_: Chosen = field(init=False, repr=False)

    @property
    @abstractmethod
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""

    @abstractmethod
    def fit(self, train: Examples, validation: Examples) -> Self:
        """Learn from `train`; `validation` may decide when to stop, and nothing else.

        Both hold images of every class.
        """

    @abstractmethod
    def _probability(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of the positive class, shape (n_images,).

        Of more than two classes: that of each, shape (n_images, n_classes).
        """

    @abstractmethod
    def _save_weights(self, path: Path) -> None:
        """Write what was learned to a file, without pickle."""

    @abstractmethod
    def _load_weights(self, path: Path) -> None:
        """Read what :meth:`_save_weights` wrote."""

    def predict_proba(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each class.

        Parameters
        ----------
        embeddings : ndarray of shape (n_images, n_features)

        Returns
        -------
        ndarray of shape (n_images, n_classes)
            Columns by label: of two classes negative, positive.
        """
        said = self._probability(embeddings)
        return by_class(said) if said.ndim == 1 else said

    def predict_views(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each class for each view.

        Parameters
        ----------
        embeddings : ndarray of shape (n_images, n_views, n_features)

        Returns
        -------
        ndarray of shape (n_images, n_classes, n_views)
        """
        views = range(embeddings.shape[1])
        return np.stack([self.predict_proba(embeddings[:, view]) for view in views], axis=-1)

    def chosen(self) -> Chosen:
        """Return what fitting decided: a regularisation strength, a number of rounds, ..."""
        return dict(self.chosen_)

    def hyperparameters(self) -> dict[str, Any]:
        """Return the values this head was made with, by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.init}

    def save(self, folder: Path) -> None:
        """Write the fitted head into an existing folder.

        The same head gives the same bytes; no file is a pickle.
        """
        settings = {
            "head": self.name,
            "hyperparameters": self.hyperparameters(),
            "chosen": self.chosen_,
        }
        write_json(folder / SETTINGS, settings)
        self._save_weights(folder / self.weights_file)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a head that :meth:`save` wrote.

        Raises
        ------
        RadbankError
            If the folder lacks one of the head's files, or holds another kind of head.
        """
        for file in (SETTINGS, cls.weights_file):
            if not (folder / file).is_file():
                raise RadbankError(f"{folder} holds no trained {cls.name}: {file} is missing.")
        settings = read_json(folder / SETTINGS)
        if settings["head"] != cls.name:
            raise RadbankError(f"{folder} holds the head {settings['head']}, not {cls.name}.")
        head = cls(**settings["hyperparameters"])
        head.chosen_ = settings["chosen"]
        head._load_weights(folder / cls.weights_file)
        return head


def by_class(positive: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities of both classes from those of the positive one.

    Parameters
    ----------
    positive : ndarray of shape (n_images, ...)

    Returns
    -------
    ndarray of shape (n_images, 2, ...)
    """
    return np.stack([1 - positive, positive], axis=1)


def answer(by_view: NDArray[np.float64], *, average_views: bool) -> NDArray[np.float64]:
    """Return what a head says of each image: the mean over its views, or the plain one.

    Parameters
    ----------
    by_view : ndarray of shape (n_images, n_classes, n_views)
        Probabilities; view 0 is the plain one.
    average_views
        Whether to average.

    Returns
    -------
    ndarray of shape (n_images, n_classes)
    """
    said: NDArray[np.float64] = by_view.mean(axis=-1) if average_views else by_view[..., 0]
    return said


def class_weights(labels: NDArray[np.int64], mode: ClassWeight) -> NDArray[np.float64]:
    """Return the weight of each class in the training loss.

    Parameters
    ----------
    labels : ndarray of shape (n_images,)
        Training labels, every class present.
    mode
        "balanced": n_images / (n_classes * images of the class), so that all classes weigh the
        same; None: 1 for all.

    Returns
    -------
    ndarray of shape (n_classes,)
        Indexed by label.
    """
    counts = np.bincount(labels, minlength=2)
    if mode is None:
        return np.ones(len(counts))
    weights: NDArray[np.float64] = len(labels) / (len(counts) * counts)
    return weights


def describe_class_weight(mode: ClassWeight) -> str:
    """Say in words what :func:`class_weights` does."""
    if mode is None:
        return "not corrected in training: every image weighs the same"
    return "each class weighted inversely to its frequency in the training split"


def weighted_log_loss(
    probability: NDArray[np.float64], labels: NDArray[np.int64], weight_of: NDArray[np.float64]
) -> float:
    """Return the mean log loss, each image weighted by its class; smaller is better.

    Parameters
    ----------
    probability : ndarray of shape (n_images, n_classes)
    labels : ndarray of shape (n_images,)
    weight_of : ndarray of shape (n_classes,)
        Weight of each class, as :func:`class_weights` returns it.
    """
    likelihood = probability[np.arange(len(labels)), labels]
    loss = -np.log(np.maximum(likelihood, np.finfo(np.float64).tiny))
    return float(np.average(loss, weights=weight_of[labels]))
