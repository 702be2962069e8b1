"""model.json: what a trained model was trained on, so that it is used on nothing else."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from radbank.errors import RadbankError
from radbank.files import write_json

FILE = "model.json"


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
    image_size: int
    layers: tuple[str, ...]
    precision: str
    engine: str
    device: str
    batch_size: int | None
    seed: int
    classes: Annotated[tuple[str, ...], Field(min_length=2)]
    threshold: float | None
    synthetic: bool
    n_train: int
    views: int = 0

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
        """Write model.json into the model's folder."""
        write_json(folder / FILE, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read model.json from a model's folder.

        Raises
        ------
        RadbankError
            If there is none, or it is not one that this version wrote.
        """
        path = folder / FILE
        try:
            return TypeAdapter(cls).validate_json(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            raise RadbankError(
                f"There is no trained model in {folder} ({FILE} is missing): run `dvc repro`, or "
                "give the folder of a model, such as models/heads/mlp."
            ) from None
        except ValidationError as error:
            first = error.errors()[0]
            raise RadbankError(
                f"{path} is not of this version of radbank "
                f"({'.'.join(map(str, first['loc']))}: {first['msg'].lower()}): train it again."
            ) from None
