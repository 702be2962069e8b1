"""The interface of every head: hyperparameters, fit, predicted probabilities, saving."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heads.examples import Examples
from radbank.errors import RadbankError
from radbank.files import read_json, write_json

Chosen: TypeAlias = dict[str, float | int | str]

SETTINGS = "head.json"
LARGEST = 2**30  # bytes of a file that is read
LARGEST_SETTINGS = 2**24  # bytes; as Python's objects they take some twenty times as many


@dataclass(kw_only=True)
class Head(ABC):
    """A classifier on embeddings, of any number of classes.

    Subclasses are dataclasses whose fields are the hyperparameters of the block of the same name
    in params.yaml; pydantic checks the block against their annotations. A field with
    ``init=False`` is no hyperparameter. What :meth:`fit` learns ends in an underscore.

    Importing a head's module must be quick, because reading params.yaml does it: what only
    fitting needs is imported inside :meth:`fit`.

    Parameters
    ----------
    seed
        Seed of whatever is random in fitting; `seed` of params.yaml.
    average_views
        Predict the mean over all views of an image (test-time augmentation) instead of the
        probability of its plain view.

    Attributes
    ----------
    name
        Name of the head, and of its block in params.yaml.
    label
        What reports call it inside a sentence.
    weights_file
        Name of the file of what it learned.
    scored_augmented
        Whether evaluations score it on an augmented view too, beside the plain one.
    fitted_by
        Modules that :meth:`fit` imports, or has its libraries import, so that who times it can
        import them before.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    weights_file: ClassVar[str]
    scored_augmented: ClassVar[bool] = False
    fitted_by: ClassVar[tuple[str, ...]] = ()
    seed: int
    average_views: bool = False
    chosen_: Chosen = field(init=False, repr=False)

    @property
    def random(self) -> bool:
        """Whether another seed gives another head; one that does not is trained once."""
        return True

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

    @abstractmethod
    def _save_weights(self, path: Path) -> None:
        """Write what was learned to a file, without pickle."""

    @abstractmethod
    def _load_weights(self, path: Path) -> None:
        """Read what :meth:`_save_weights` wrote."""

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

    @property
    def parameters(self) -> int | None:
        """How many numbers fitting set; None where that is not known."""
        return None

    @property
    def configurations(self) -> int:
        """How many settings fitting tries, to keep the best."""
        return 1

    @property
    def networks(self) -> int:
        """How many fitted models answer together; 1 is a single one."""
        return 1

    def chosen(self) -> Chosen:
        """Return the hyperparameters that fitting selected: a penalty, a number of rounds, ..."""
        return dict(self.chosen_)

    @classmethod
    def import_for_fitting(cls) -> None:
        """Import what :meth:`fit` would import, which can take seconds."""
        for module in cls.fitted_by:
            import_module(module)

    def settled(self) -> Self:
        """Return an unfitted copy in which the hyperparameters that fitting selected are fixed."""
        return replace(self)

    def hyperparameters(self) -> dict[str, Any]:
        """Return the hyperparameters that this head was created with, by name."""
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
            If the folder lacks one of the head's files, or holds another kind of head or none.
        """
        for file in (SETTINGS, cls.weights_file):
            if not (folder / file).is_file():
                raise RadbankError(
                    f"{folder} holds no trained {cls.name}: {file} is missing; train the head "
                    "again."
                )
            if (folder / file).stat().st_size > LARGEST:
                raise RadbankError(
                    f"{folder / file} is larger than {LARGEST:,} bytes, which no file of a head "
                    "is: train the head again."
                )
        try:
            settings = read_settings(folder / SETTINGS)
            name, hyperparameters = settings["head"], settings["hyperparameters"]
            chosen = settings["chosen"]
            if name == cls.name:
                head = cls(**hyperparameters)
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise RadbankError(
                f"{folder / SETTINGS} is damaged ({type(error).__name__}): train the head again."
            ) from None
        if name != cls.name:
            raise RadbankError(f"{folder} holds the head {name}, not {cls.name}.")
        head.chosen_ = chosen
        head._load_weights(folder / cls.weights_file)
        return head


def read_settings(path: Path) -> Any:  # noqa: ANN401 - JSON is of any type
    """Read the settings of a trained head or ensemble.

    Raises
    ------
    ValueError
        If the file is no JSON, or larger than any settings.
    """
    if path.stat().st_size > LARGEST_SETTINGS:
        raise ValueError(f"more than {LARGEST_SETTINGS:,} bytes")
    return read_json(path)


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


def pool_views(by_view: NDArray[np.float64], *, average_views: bool) -> NDArray[np.float64]:
    """Return one probability a class: the mean over an image's views, or that of the plain one.

    Parameters
    ----------
    by_view : ndarray of shape (n_images, n_classes, n_views)
        Predicted probabilities; view 0 is the plain one.
    average_views
        Whether to average.

    Returns
    -------
    ndarray of shape (n_images, n_classes)
    """
    pooled: NDArray[np.float64] = by_view.mean(axis=-1) if average_views else by_view[..., 0]
    return pooled
