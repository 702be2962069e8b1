"""A JSON file that a stage wrote, checked as it is read."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from radbank.errors import RadbankError


class Document(BaseModel):
    """A JSON file that a stage wrote; unknown keys are passed over."""

    model_config = ConfigDict(frozen=True)


D = TypeVar("D", bound=Document)


def read_document(kind: type[D], path: Path) -> D:
    """Read a JSON file into its type.

    Raises
    ------
    RadbankError
        If the file is missing or not what the stages write.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise RadbankError(
            f"There is no {path}: run `dvc repro` in the folder of dvc.yaml."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RadbankError(
            f"{path} is not as this version writes it ({where or 'the file'}: {first['msg']}): "
            "run `dvc repro`."
        ) from None
