"""Train an arm again on other training images, or other labels of them; never the same twice."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from features import backbones
from features.backbones import LoadedBackbone
from features.embedder import device
from pipeline.finetuning.arms.base import Arm
from pipeline.finetuning.cohort import ImageCohort
from pipeline.finetuning.fit import fit
from pipeline.finetuning.resume import digest
from pipeline.params import Features, Finetune, Params
from radbank.files import atomic_path
from radbank.home import cache


@dataclass(frozen=True, kw_only=True, eq=False)
class Retraining:
    """How an arm is trained again, from one seed.

    What a training answered is kept in the user's cache, some bytes an image and no image among
    them. A stage that was killed goes on with the training that was not finished, and one that
    runs again for other reasons, such as another number of bootstrap draws, trains nothing.

    Attributes
    ----------
    arm
        As it runs on this cohort; each training tries its learning rates on validation.
    load
        Returns the backbone as it is before any training, for every training anew.
    settings
        What all arms share.
    features
        How the frozen part of a network is run.
    seed
        Of the training.
    """

    arm: Arm
    load: Callable[[], LoadedBackbone]
    settings: Finetune
    features: Features
    seed: int

    @classmethod
    def of(cls, name: str, params: Params, *, synthetic: bool) -> Self:
        """Take an arm, and what it shares with others, from params.yaml.

        Parameters
        ----------
        name
            Of the arm.
        params
            Of the run.
        synthetic
            Whether the cohort is, for which there are quick sizes.
        """
        return cls(
            arm=params.finetune.arm(name, synthetic=synthetic),
            load=partial(backbones.load, params.backbone, weights=params.weights, seed=params.seed),
            settings=params.finetune,
            features=params.features,
            seed=params.seed,
        )

    def at_rate(self, learning_rate: float) -> Self:
        """Return the same at one learning rate, with nothing left to choose."""
        arm = self.arm.model_copy(update={"learning_rate": [learning_rate]})
        return replace(self, arm=arm)

    def probabilities(self, cohort: ImageCohort) -> NDArray[np.float64]:
        """Train on a cohort, and return what the network then says of all of its images.

        Parameters
        ----------
        cohort
            With images for training and for validation; all others take no part in training.

        Returns
        -------
        ndarray of shape (n_images, n_classes)
            Probability of each class, in the order of the cohort's table.

        Raises
        ------
        RadbankError
            As :func:`pipeline.finetuning.fit.fit`.
        """
        backbone = self.load()
        path = self._kept(backbone, cohort)
        found = _read(path)
        if found is not None:
            return found
        fitted = fit(
            self.arm,
            cohort,
            backbone,
            settings=self.settings,
            features=self.features,
            seeds=[self.seed],
        )
        found = fitted.probabilities[0]
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.save(file, found)
        fitted.resumable.forget()
        return found

    def _kept(self, backbone: LoadedBackbone, cohort: ImageCohort) -> Path:
        """Return where the answer of a training is kept."""
        about = {
            "arm": [self.arm.name, self.arm.model_dump()],
            "shared": self.settings.model_dump(exclude={"arms", "processes"}),
            "features": self.features.model_dump(),
            "start": [backbone.name, backbone.weights.sha256, self.seed],
            "device": device().type,
            "images": cohort.sha256,
        }
        return cache() / "retrained" / f"{digest(about)}.npy"


def _read(path: Path) -> NDArray[np.float64] | None:
    """Return what was kept; None where there is nothing, or nothing that can be read."""
    try:
        found: NDArray[np.float64] = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found
