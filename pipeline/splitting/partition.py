"""Grouped, stratified split into training, validation and test, by patient."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.artifacts.splits import COLUMNS
from radbank.errors import RadbankError

_BINARY = ("negative", "positive")


@dataclass(frozen=True)
class Plan:
    """The shares and the seed of a split.

    Attributes
    ----------
    test
        Share of the patients held out; 0 for none. Without effect where the data come with a
        test set of their own.
    validation
        Share of the remaining patients. Without effect where the data come with a validation set.
    folds
        Patient-grouped folds inside the training split.
    seed
        Decides who goes where.
    """

    test: float
    validation: float
    folds: int
    seed: int


def join_duplicates(
    groups: Sequence[str],
    pixel_sha256: Sequence[str],
    links: Sequence[tuple[int, int]] = (),
) -> np.ndarray:
    """Join the groups that share an image or are linked, directly or through others.

    Parameters
    ----------
    groups
        Patient of each image.
    pixel_sha256
        Hash of each image's prepared pixels.
    links
        Positions of two images whose groups are to be one.

    Returns
    -------
    ndarray of shape (n_images,)
        Merged group of each image, named after the alphabetically first of its patients.
    """
    names, of_image = np.unique(np.asarray(groups, dtype=object), return_inverse=True)
    hashes, pixels = np.unique(np.asarray(pixel_sha256, dtype=object), return_inverse=True)
    # a graph of patients and pixel hashes: an image is an edge between its two, a link one
    # between two patients
    n_nodes = len(names) + len(hashes)
    linked = of_image[np.asarray(links, dtype=np.intp).reshape(-1, 2)]
    first = np.concatenate([of_image, linked[:, 0]])
    second = np.concatenate([len(names) + pixels, linked[:, 1]])
    edges = coo_array((np.ones(len(first), np.int8), (first, second)), (n_nodes, n_nodes))
    _, component = connected_components(edges, directed=False)
    of_name = component[: len(names)]
    # names are sorted, so the first index of a component is its alphabetically first name
    _, first, inverse = np.unique(of_name, return_index=True, return_inverse=True)
    merged: np.ndarray = names[first[inverse]][of_image]
    return merged


def partition(
    ids: Sequence[str],
    groups: Sequence[str],
    labels: Sequence[int],
    official_split: Sequence[str | None],
    plan: Plan,
    *,
    classes: Sequence[str] = _BINARY,
) -> pd.DataFrame:
    """Divide images so that no group is on two sides.

    An official test set stays whole, and so does an official validation set but for groups it
    shares with the test set; other images of their groups are excluded. What is not given
    officially is drawn by `plan`: groups stratified by whether any of their images is positive (by
    the last of their classes, where there are more than two).

    Parameters
    ----------
    ids
        One id an image. Who goes where depends on the order of the images, and not on ids or on
        the names of groups: data/cases.parquet has them in an order of their pixels.
    groups
        Group of each image (:func:`join_duplicates`).
    labels
        Class of each image.
    official_split
        "train", "validation", "test" or None for each image.
    plan
        Shares, folds and seed.
    classes
        Names by label.

    Returns
    -------
    DataFrame
        Columns id, group, split (one of :data:`pipeline.artifacts.splits.SPLITS`) and fold (0 to
        folds - 1 in training, else -1), in the order of `ids`.

    Raises
    ------
    RadbankError
        If training, validation or a test set that is drawn lacks a class, or if there are too few
        patients of a class for the folds.
    """
    images = pd.DataFrame({"id": ids, "group": groups, "label": labels, "official": official_split})
    official = images["official"].to_numpy(object)
    members = images["group"].to_numpy(object)
    split = np.full(len(images), "train", dtype=object)
    for name in ("test", "validation"):
        given = (official == name) & (split == "train")
        shared = np.isin(members, members[given]) & (split == "train")
        split[shared] = "excluded"
        split[given] = name
    generator = np.random.default_rng(plan.seed)
    if not (official == "test").any() and plan.test > 0:
        _draw(images, split, "test", plan.test, generator, n_classes=len(classes))
    if not (official == "validation").any():
        _draw(images, split, "validation", plan.validation, generator, n_classes=len(classes))
    images["split"] = split
    # a test set that the data give may lack a class, as one of healthy people does
    drawn = plan.test > 0 and not (official == "test").any()
    asked = ["train", "validation", *(["test"] if drawn else [])]
    _require_every_class(images, asked, classes)
    images["fold"] = _folds(images, plan, classes)
    return images[COLUMNS]


def _draw(
    images: pd.DataFrame,
    split: np.ndarray,
    name: str,
    share: float,
    rng: np.random.Generator,
    *,
    n_classes: int,
) -> None:
    """Move a share of the groups in training to another split, in place."""
    last = images[split == "train"].groupby("group", sort=False)["label"].max()
    for label in range(n_classes):
        stratum = last.index[last == label].to_numpy(object)
        # at least one on either side, as far as there are two
        count = min(max(round(share * len(stratum)), 1), max(len(stratum) - 1, 0))
        drawn = rng.permutation(stratum)[:count]
        split[np.isin(images["group"].to_numpy(object), drawn) & (split == "train")] = name


def _folds(images: pd.DataFrame, plan: Plan, classes: Sequence[str]) -> np.ndarray:
    """Return each image's fold, -1 outside training."""
    folds = np.full(len(images), -1)
    training = np.flatnonzero(images["split"] == "train")
    labels = images["label"].to_numpy()[training]
    groups = pd.factorize(images["group"].to_numpy(object)[training])[0]
    for label, name in enumerate(classes):
        patients = len(np.unique(groups[labels == label]))
        if patients < plan.folds:
            excluded = (images["split"] == "excluded").sum()
            why = f" ({excluded} images are excluded for their patients)" if excluded else ""
            raise RadbankError(
                f"The training split has {patients} patients with {name} images, too "
                f"few for {plan.folds} folds{why}: lower split.folds "
                "or split.test, or add data."
            )
    splitter = StratifiedGroupKFold(plan.folds, shuffle=True, random_state=plan.seed)
    for fold, (_, held_out) in enumerate(splitter.split(labels, labels, groups)):
        folds[training[held_out]] = fold
    return folds


def _require_every_class(
    images: pd.DataFrame, asked: Sequence[str], classes: Sequence[str]
) -> None:
    for name in asked:
        labels = images["label"][images["split"] == name]
        lacking = set(range(len(classes))) - set(labels)
        if lacking:
            cause = _cause(images, name)
            raise RadbankError(f"The {name} split has no {classes[min(lacking)]} image: {cause}.")


def _cause(images: pd.DataFrame, name: str) -> str:
    """Return why a split lacks a class."""
    given = images["official"]
    if name != "train" and (given == name).any():
        return (
            f"the data set itself gives {(given == name).sum()} images to it, none of that class; "
            "give it some, or leave its split out"
        )
    if n_elsewhere := given.isin(["test", "validation"]).sum():
        return (
            f"the data set itself gives {n_elsewhere} of {len(images)} images to test or validation"
            f" and {(images['split'] == 'excluded').sum()} more of their patients are excluded; "
            "leave training more of that class, or leave the split out"
        )
    return "there are too few patients with such images for the shares in params.yaml (split)"
