"""model.json: what a trained model was trained on, so that it is used on nothing else.

It holds the SHA-256 of each file beside it, and one of itself. These find what was altered by
accident or by somebody who does not know them; whoever does can write a model of their own, and
so the files' readers trust nothing either.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from radbank.errors import RadbankError
from radbank.files import sha256_file, write_json

FILE = "model.json"
SMALLEST, LARGEST = 32, 2048
"""Sides of images in pixels, prepared ones and those that a network sees."""
_MOST_BYTES = 2**20
_FILES, _SEAL = "files", "sha256"
_Count = Annotated[int, Field(ge=0, lt=2**32)]


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """The provenance of a trained head or fine-tuned network: its backbone, weights and data.

    Attributes
    ----------
    kind
        "head" on frozen embeddings, or "finetune".
    name
        Name of the head, or of the arm of fine-tuning.
    backbone
        Name of the backbone.
    weights_name, weights_sha256, weights_random
        Weights that the backbone had (before fine-tuning), and whether they are random.
    preprocessing
        From prepared pixels to the backbone's input.
    image_size
        Longest side of a prepared image in pixels.
    layers
        Layers of the backbone whose features were joined.
    precision, engine, device
        How embeddings were computed.
    batch_size
        Images in a forward pass, where embeddings depend on that; None where they do not.
    seed
        The seed that random weights were drawn from.
    classes
        Names by label: the negative and the positive class, or more than two classes.
    threshold
        Probability from which an image counts as positive, chosen on validation; None of more
        than two classes, where an image is called what is most probable.
    synthetic
        Whether any training image shows no patient.
    n_train
        Number of training images.
    views
        Augmented views of an image whose probabilities are averaged with the plain one's.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: Literal["head", "finetune"]
    name: str
    backbone: str
    weights_name: str
    weights_sha256: str
    weights_random: bool
    preprocessing: dict[str, Any]
    image_size: Annotated[int, Field(ge=SMALLEST, le=LARGEST)]
    layers: tuple[str, ...]
    precision: str
    engine: str
    device: str
    batch_size: Annotated[int, Field(ge=1, le=4096)] | None
    seed: _Count
    classes: Annotated[tuple[str, ...], Field(min_length=2)]
    threshold: Annotated[float, Field(ge=0, le=1)] | None
    synthetic: bool
    n_train: _Count
    views: Annotated[int, Field(ge=0, le=1000)] = 0

    @property
    def provenance(self) -> dict[str, Any]:
        """The provenance that predictions carry."""
        return {
            "backbone": self.backbone,
            "weights": self.weights_name,
            "weights_random": self.weights_random,
            "synthetic": self.synthetic,
            "classes": list(self.classes),
        }

    def write(self, folder: Path) -> None:
        """Write model.json into the model's folder, which holds all its other files."""
        others = sorted(path for path in folder.rglob("*") if path.is_file())
        sums = {path.relative_to(folder).as_posix(): sha256_file(path) for path in others}
        content = asdict(self) | {_FILES: sums}
        write_json(folder / FILE, content | {_SEAL: seal(content)})

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read model.json from a model's folder, and compare the files beside it with it.

        Raises
        ------
        RadbankError
            If there is none, it is not one that this version wrote, or a file was altered.
        """
        path = folder / FILE
        try:
            content = dict(json.loads(_read(path)))
            sealed, sums = content.pop(_SEAL, None), content.pop(_FILES, {})
            model = TypeAdapter(cls).validate_python(content)
            sums = TypeAdapter(dict[str, str]).validate_python(sums)
        except (FileNotFoundError, NotADirectoryError):
            raise RadbankError(
                f"There is no trained model in {folder} ({FILE} is missing): run `dvc repro`, or "
                "give the folder of a model, such as models/heads/mlp."
            ) from None
        except (ValueError, TypeError, RecursionError) as error:
            raise RadbankError(
                f"{path} is not of this version of radbank ({_in_words(error)}): train it again."
            ) from None
        if sealed != seal(content | {_FILES: sums}):
            raise RadbankError(
                f"{path} does not hold what radbank wrote there, or an older radbank wrote it: "
                "train the model again."
            )
        for name, expected in sums.items():
            if (folder / name).is_file() and sha256_file(folder / name) != expected:
                raise RadbankError(
                    f"{folder / name} was altered since the model was trained: train it again, or "
                    "copy its folder again."
                )
        return model


def seal(content: dict[str, Any]) -> str:
    """Return the SHA-256 of what JSON can hold."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES:,} bytes")
    return content


def _in_words(error: Exception) -> str:
    """Say what is wrong with a document: where, if that is known."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
    return str(error).partition("\n")[0]
