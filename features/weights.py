"""Find, check and load a backbone's pretrained weights."""

import hashlib
import os
import pickle
from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError

from features.weights_files import WeightsFile
from features.weights_info import PRETRAINED, RANDOM, WeightsChoice
from radbank.errors import RadbankError
from radbank.files import sha256_file

FOLDER_VARIABLE = "RADBANK_WEIGHTS"

State = Mapping[str, torch.Tensor]


def locate(file: WeightsFile) -> tuple[str, Path] | None:
    """Find weights on this machine without reading them.

    Returns
    -------
    tuple of (place, path), or None
        The place is ``"RADBANK_WEIGHTS folder"``, ``"hub cache"`` or ``"package"``.

    Raises
    ------
    RadbankError
        If ``RADBANK_WEIGHTS`` names something that is not a folder.
    """
    folder = weights_folder()
    if folder is not None and (folder / file.name).is_file():
        return f"{FOLDER_VARIABLE} folder", folder / file.name
    if (path := file.cached()) is not None:
        return "hub cache", path
    if (path := file.packaged()) is not None:
        return "package", path
    return None


def weights_folder() -> Path | None:
    """Return the folder in ``RADBANK_WEIGHTS``, or None where the variable is not set.

    Raises
    ------
    RadbankError
        If it is not a folder.
    """
    value = os.environ.get(FOLDER_VARIABLE)
    if not value:
        return None
    if not Path(value).is_dir():
        raise RadbankError(
            f"{FOLDER_VARIABLE} is {value!r}, which is not a folder: set it to the absolute path "
            "of the folder with weights files, or unset it."
        )
    return Path(value)


def resolve(backbone: str, file: WeightsFile, choice: WeightsChoice) -> tuple[Path, str, bool]:
    """Return the path of a backbone's weights, their SHA-256, and whether that is verified.

    Searched in order: the path given, the folder in ``RADBANK_WEIGHTS``, the hub's cache, the
    package, a download. A file is verified if its full SHA-256 is known beforehand, to radbank or
    to the user. The first digits in the names of torchvision's files find a torn download, and
    not a false file.

    Raises
    ------
    RadbankError
        If the weights are nowhere, or what was found does not match its checksum.
    """
    path, sha256 = _find(backbone, file, choice.path)
    if choice.sha256 not in {None, sha256}:
        raise RadbankError(
            f"{path} is not the file that `weights` pins: its sha256 is {sha256}, and not "
            f"{choice.sha256}; fetch it again, or correct `weights` in params.yaml."
        )
    ours = file.pinned and (choice.path is None or path.name == file.name)
    return path, sha256, choice.sha256 is not None or ours


def _find(backbone: str, file: WeightsFile, given: Path | None) -> tuple[Path, str]:
    if given is not None:
        if not given.is_file():
            raise RadbankError(
                f"weights is {str(given)!r}, and there is no such file: give the path of a file, "
                f"{PRETRAINED} or {RANDOM}."
            )
        return given, file.check(given) if given.name == file.name else sha256_file(given)
    if (found := locate(file)) is not None:
        path = found[1]
    else:
        try:
            path = file.download()
        except OSError as error:
            raise RadbankError(_nowhere(backbone, file, error)) from error
    return path, file.check(path)


def _nowhere(backbone: str, file: WeightsFile, error: OSError) -> str:
    folder = weights_folder()
    own = f"{FOLDER_VARIABLE} ({folder})" if folder else f"{FOLDER_VARIABLE} (not set)"
    reason = getattr(error, "reason", error)
    origin = f"from {file.url} " if file.url else ""
    return (
        f"The weights of {backbone} are not on this machine and could not be downloaded "
        f"{origin}({reason}): searched for {file.describe()} in {own} and in {file.cache}. "
        f"Without the internet, either download that file on another machine and put it, under "
        f"that name, into a folder that {FOLDER_VARIABLE} names"
        f"{' or into that cache' if file.cached_by_name else ''}, "
        f"or use `-S backbone=efficientnet_lite0`, whose weights come inside a package, "
        f"or use `-S weights={RANDOM}` (untrained, and marked so in every output)."
    )


def load_state(path: Path) -> State:
    """Read a state dict without executing code: safetensors, or torch with ``weights_only``.

    Raises
    ------
    RadbankError
        If the file is not a state dict.
    """
    try:
        if path.suffix == ".safetensors":
            state = safetensors.torch.load_file(path)
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, SafetensorError) as error:
        first = str(error).partition("\n")[0]
        raise RadbankError(f"{path} is not a file of weights that can be read: {first}") from error
    if not isinstance(state, Mapping) or not all(torch.is_tensor(t) for t in state.values()):
        raise RadbankError(
            f"{path} holds something else than tensors by name: save the network's state_dict() "
            "alone."
        )
    return state


def sha256_tensors(state: State) -> str:
    """Return the SHA-256 over names, types, shapes and bytes of tensors, in their order."""
    digest = hashlib.sha256()
    for name, tensor in state.items():
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
