"""Ensemble: the mean of several heads' calibrated probabilities."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from heads import ENSEMBLE, get_head
from heads.base import Chosen, Head, pool_views, read_settings
from heads.calibration import Calibration
from heads.examples import Examples
from radbank.errors import RadbankError
from radbank.files import write_json

SETTINGS = "ensemble.json"
MEMBERS = "members"


@dataclass(frozen=True, kw_only=True, eq=False)
class Ensemble:
    """Several fitted heads as one: the mean of their calibrated probabilities.

    Attributes
    ----------
    members
        The fitted heads, by name.
    calibrations
        What makes each member's probability one that can be averaged with the others', by name.

    Notes
    -----
    Members weigh classes and are tempered differently, so raw probabilities of one member would
    decide most cases for all. Calibration takes two numbers a member (of more than two classes,
    one and one a class) from validation images; members that also stopped early on these are
    calibrated a little too well there.
    """

    name: ClassVar[str] = ENSEMBLE
    label: ClassVar[str] = "ensemble"
    members: Mapping[str, Head]
    calibrations: Mapping[str, Calibration]

    @classmethod
    def of(cls, members: Mapping[str, Head], validation: Examples) -> Self:
        """Calibrate fitted heads on images that they did not learn from.

        Parameters
        ----------
        members
            At least one fitted head, by name.
        validation
            Images of every class.
        """
        average = any(head.average_views for head in members.values())
        calibrations = {
            name: Calibration.fit(
                pool_views(head.predict_views(validation.embeddings), average_views=average),
                validation.labels,
            )
            for name, head in members.items()
        }
        return cls(members=dict(members), calibrations=calibrations)

    @property
    def average_views(self) -> bool:
        """Whether any member predicts the mean over all views; then all do."""
        return any(head.average_views for head in self.members.values())

    @property
    def imbalance(self) -> str:
        """How class imbalance is handled, in words."""
        return (
            "each member's probability calibrated to the frequency of classes on validation, "
            "then averaged"
        )

    @property
    def parameters(self) -> int | None:
        """How many numbers its members and their calibrations set; None if one does not say."""
        each = [head.parameters for head in self.members.values()]
        known = [number for number in each if number is not None]
        calibrations = sum(1 + len(c.intercepts[1:]) for c in self.calibrations.values())
        return sum(known) + calibrations if len(known) == len(each) else None

    @property
    def configurations(self) -> int:
        """How many settings its members tried."""
        return sum(head.configurations for head in self.members.values())

    @property
    def networks(self) -> int:
        """How many fitted models answer together."""
        return sum(head.networks for head in self.members.values())

    def chosen(self) -> Chosen:
        """Return the parameters of each member's calibration, in words."""
        return {name: calibration.in_words for name, calibration in self.calibrations.items()}

    def predict_proba(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return probabilities of shape (n_images, n_classes) for (n_images, n_features)."""
        return self.predict_views(embeddings[:, np.newaxis])[..., 0]

    def predict_views(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return each class's probability for each view, shape (n_images, n_classes, n_views)."""
        each = [
            self.calibrations[name].of_classes(head.predict_views(embeddings))
            for name, head in self.members.items()
        ]
        mean: NDArray[np.float64] = np.mean(each, axis=0)
        return mean

    def save(self, folder: Path) -> None:
        """Write calibrations and members into an existing folder, without pickle."""
        calibrations = {name: asdict(each) for name, each in self.calibrations.items()}
        write_json(folder / SETTINGS, {"calibrations": calibrations})
        for name, head in self.members.items():
            part = folder / MEMBERS / name
            part.mkdir(parents=True)
            head.save(part)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read an ensemble that :meth:`save` wrote.

        Raises
        ------
        RadbankError
            If the folder lacks a file of it, or one is damaged.
        """
        if not (folder / SETTINGS).is_file():
            raise RadbankError(f"{folder} holds no trained ensemble: {SETTINGS} is missing.")
        try:
            settings = read_settings(folder / SETTINGS)["calibrations"]
            calibrations = {
                name: Calibration.of_numbers(numbers) for name, numbers in settings.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise RadbankError(
                f"{folder / SETTINGS} is damaged ({type(error).__name__}): run `dvc repro "
                "ensemble`."
            ) from None
        return cls(
            members={name: get_head(name).load(folder / MEMBERS / name) for name in settings},
            calibrations=calibrations,
        )
