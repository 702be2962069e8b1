"""data/cases.parquet: one row an image, what is known of it and where its file lies.

Rows come in the order of the SHA-256 of the encoded pixels, and every file made from them keeps
that order. Whatever is drawn at random over rows, or over patients as they appear in them, is so
the same for the same images, however files, ids and patients are called.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from radbank.errors import RadbankError
from radbank.files import atomic_path

SCHEMA_VERSION = 5

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("group", pa.string(), nullable=False),  # patient
        pa.field("path", pa.string(), nullable=False),  # below data.root, with forward slashes
        pa.field("label", pa.int64(), nullable=False),  # index into the classes
        pa.field("given_label", pa.int64()),  # as the data came, where a second reading is
        pa.field("read_again", pa.string()),  # suspect or control, where a second reading is
        pa.field("finding", pa.string()),  # the detailed class
        pa.field("findings", pa.list_(pa.string())),  # every label, where one image can have many
        pa.field("boxes", pa.list_(pa.list_(pa.float64()))),  # [x, y, width, height] in pixels
        pa.field("sex", pa.string()),  # F or M
        pa.field("age", pa.float64()),  # years
        pa.field("view", pa.string()),  # PA, AP, ...
        pa.field("modality", pa.string()),  # CR, DX, ...
        pa.field("official_split", pa.string()),  # train, validation or test, where data come so
        pa.field("height", pa.int64(), nullable=False),  # pixels
        pa.field("width", pa.int64(), nullable=False),  # pixels
        pa.field("sha256", pa.string(), nullable=False),  # of the encoded pixels
        pa.field("synthetic", pa.bool_(), nullable=False),  # a phantom, not a person
        pa.field("caution", pa.string()),  # what is doubtful about the picture
    ]
)


@dataclass(frozen=True)
class Cases:
    """The usable images.

    Attributes
    ----------
    frame
        One row an image, in the order of `sha256`; columns as in :data:`SCHEMA`.
    classes
        Names by label: the negative and the positive class, or more than two classes.
    cautions
        Sentences on what may be wrong with the data set, for all who read the results.
    """

    frame: pd.DataFrame
    classes: tuple[str, ...]
    cautions: tuple[str, ...] = ()

    @property
    def synthetic(self) -> bool:
        """Whether any image shows a phantom and not a person."""
        return bool(self.frame["synthetic"].any())

    @property
    def given_labels(self) -> "pd.Series[int]":
        """The labels as the data came, before any second reading."""
        given: pd.Series[int] = (
            self.frame["given_label"].fillna(self.frame["label"]).astype("int64")
        )
        return given


def write_cases(
    path: str | Path,
    frame: pd.DataFrame,
    classes: tuple[str, ...],
    cautions: tuple[str, ...] = (),
) -> None:
    """Write cases atomically, in the order of their pixels' SHA-256 (equal ones by id).

    Parameters
    ----------
    path
        Where to write.
    frame
        The columns of :data:`SCHEMA`; nullable ones may hold None or NaN, or not be there.
    classes
        Names by label.
    cautions
        As in :class:`Cases`.

    Raises
    ------
    ValueError
        If ids repeat.
    """
    if frame["id"].duplicated().any():
        raise ValueError("ids of cases repeat")
    absent = {
        field.name: None
        for field in SCHEMA
        if field.nullable and (field.name not in frame or frame[field.name].isna().all())
    }
    table = pa.Table.from_pandas(
        frame.assign(**absent).sort_values(["sha256", "id"]),
        schema=SCHEMA,
        preserve_index=False,
    )
    facts = json.dumps(
        {"schema": SCHEMA_VERSION, "classes": list(classes)}
        | ({"cautions": list(cautions)} if cautions else {})
    )
    with atomic_path(path) as temporary:
        pq.write_table(table.replace_schema_metadata({"radbank": facts}), temporary)


def read_cases(path: str | Path) -> Cases:
    """Read cases.

    Raises
    ------
    RadbankError
        If the file is missing, or is none that :func:`write_cases` of this version wrote.
    """
    advice = "run `dvc repro ingest` to make it anew"
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise RadbankError(f"There is no {path}: {advice}.") from None
    except (pa.ArrowException, OSError):
        raise RadbankError(f"{path} is damaged or is no parquet file: {advice}.") from None
    facts = json.loads((table.schema.metadata or {}).get(b"radbank", b"{}"))
    if facts.get("schema") != SCHEMA_VERSION:
        raise RadbankError(f"{path} holds no cases of schema {SCHEMA_VERSION}: {advice}.")
    frame = table.to_pandas()
    # lists of lists, as they were written, and not arrays of arrays
    frame["boxes"] = pd.Series(table["boxes"].to_pylist(), dtype=object)
    frame["findings"] = pd.Series(table["findings"].to_pylist(), dtype=object)
    return Cases(frame, tuple(facts["classes"]), tuple(facts.get("cautions", ())))
