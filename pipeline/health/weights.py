"""Check where weights of backbones are, without downloading any."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

from features import backbones
from features.backbones import Backbone
from features.weights import locate
from features.weights_info import RANDOM, WeightsChoice
from pipeline.health.check import Check, fail, ok, warn
from radbank.errors import RadbankError

_UNPINNED = (
    "no full checksum pins it, so outputs call it not verified: add @sha256: and its digits to "
    "`weights` in params.yaml"
)
TIMEOUT = 5  # seconds without an answer before an address counts as out of reach


def check_chosen_weights(backbone: str, weights: str) -> Check:
    """Look for the weights that params.yaml asks for.

    Parameters
    ----------
    backbone, weights
        As in params.yaml.
    """
    subject = f"weights of {backbone}"
    try:
        known, choice = backbones.describe(backbone), WeightsChoice.parse(weights)
        if choice.source == RANDOM:
            return warn(subject, "random, as params.yaml says: the network will be untrained")
        if choice.path is not None:
            return _given(subject, choice.path, pinned=choice.sha256 is not None)
        if (found := locate(known.weights_file)) is not None:
            said = f"{known.weights_file.name} in the {found[0]}"
            pinned = known.weights_file.pinned or choice.sha256 is not None
            return ok(subject, said) if pinned else warn(subject, f"{said}; {_UNPINNED}")
    except RadbankError as error:
        return fail(subject, str(error))
    return _downloadable(subject, known)


def check_other_weights(chosen: str) -> Iterator[Check]:
    """Look for the weights of the listed backbones but the chosen one, without the network."""
    places: dict[str, list[str]] = {}
    for name in backbones.names():
        if name != chosen:
            try:
                found = locate(backbones.describe(name).weights_file)
            except RadbankError as error:
                yield fail("other weights", str(error))
                return
            places.setdefault(found[0] if found else "", []).append(name)
    missing = places.pop("", [])
    for place, names in places.items():
        yield ok("other weights", f"in the {place}: {', '.join(names)}")
    if missing:
        yield warn(
            "other weights",
            f"not here: {', '.join(missing)}; they are downloaded when first used, or put their "
            "files into a folder and set RADBANK_WEIGHTS to its absolute path",
        )


def _given(subject: str, path: Path, *, pinned: bool) -> Check:
    if path.is_file():
        said = f"the file {path}"
        return ok(subject, said) if pinned else warn(subject, f"{said}; {_UNPINNED}")
    return fail(subject, f"there is no file {path}: correct `weights` in params.yaml")


def _downloadable(subject: str, backbone: Backbone) -> Check:
    """Ask the server for the file's head only."""
    file = backbone.weights_file
    if file.url is not None:
        request = urllib.request.Request(file.url, method="HEAD")  # noqa: S310 - fixed addresses
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310 - fixed addresses
                return ok(subject, f"not here; will be downloaded from {file.url}")
        except OSError as error:
            reason = f"{file.url} does not answer ({getattr(error, 'reason', error)})"
    else:
        reason = "there is no address to download it from"
    return fail(
        subject,
        f"{file.describe()} is not here and {reason}: put it into a folder, set RADBANK_WEIGHTS "
        "to its absolute path; or set backbone to efficientnet_lite0, whose weights come inside "
        "a package",
    )
