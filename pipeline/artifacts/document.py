"""A JSON file that one stage writes and another reads, typed on both sides."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from radbank.errors import RadbankError
from radbank.files import write_json


class Document(BaseModel):
    """Content of a JSON file; unknown keys are ignored when it is read."""

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


def write_document(path: Path, content: Document) -> None:
    """Write a JSON file that :func:`read_document` reads; fields that were not set are left out."""
    written: dict[str, Any] = content.model_dump(exclude_unset=True)
    write_json(path, written)
