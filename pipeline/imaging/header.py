"""The allow-list of DICOM header values, each validated before it leaves the file."""

import re
from dataclasses import dataclass

from pydicom import Dataset
from pydicom.multival import MultiValue

from pipeline.imaging.broken import BROKEN

#: (0018,5101) View Position, PS3.3 C.8.7.1 and C.8.11.7; anything else stays in the file, because
#: free text can name a person.
VIEWS = frozenset({"PA", "AP", "LL", "RL", "RLD", "LLD", "RLO", "LLO", "LATERAL", "LAT"})

#: (0008,0060) Modality: the codes of PS3.3 C.7.3.1.1.1 for projection images and their like.
MODALITIES = frozenset(
    {"CR", "DX", "DR", "RG", "RF", "MG", "IO", "PX", "XA", "OT", "SC", "CT", "MR"}
)

_SEXES = {"F": "F", "FEMALE": "F", "M": "M", "MALE": "M"}
_AGE = re.compile(r"(\d{1,4}([.,]\d*)?) ?([DWMY]?)", re.ASCII)
_YEARS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0, "": 1.0}
_OLDEST = 120


@dataclass(frozen=True)
class Header:
    """All that leaves a file besides its pixels; None where the file does not say.

    Attributes
    ----------
    sex
        "F" or "M".
    age
        Years.
    view
        View position, one of :data:`VIEWS`.
    modality
        One of :data:`MODALITIES`.
    synthetic
        Whether the file says that no person was imaged (Synthetic Data (0008,001C) is YES).
    """

    sex: str | None = None
    age: float | None = None
    view: str | None = None
    modality: str | None = None
    synthetic: bool = False


def read_header(dataset: Dataset) -> Header:
    """Read the allow-list from a data set."""
    modality = read_text(dataset, "Modality")
    return Header(
        sex=parse_sex(read_text(dataset, "PatientSex")),
        age=parse_age(read_text(dataset, "PatientAge")),
        view=parse_view(read_text(dataset, "ViewPosition")),
        modality=modality if modality in MODALITIES else None,
        synthetic=read_text(dataset, "SyntheticData") == "YES",
    )


def read_text(dataset: Dataset, keyword: str) -> str:
    """Return an element's first text in capitals; empty where there is none to be read."""
    try:
        value = dataset.get(keyword)
    except BROKEN:
        return ""
    if isinstance(value, MultiValue):
        value = value[0] if value else None
    return "" if value is None else str(value).strip(" \0").upper()


def parse_sex(text: str) -> str | None:
    """Return "F" or "M", or None for anything else.

    Examples
    --------
    >>> parse_sex("F"), parse_sex(" male "), parse_sex("O")
    ('F', 'M', None)
    """
    return _SEXES.get(text.strip().upper())


def parse_view(text: str) -> str | None:
    """Return a view position, or None for what is none: free text can name a person."""
    view = text.strip().upper()
    return view if view in VIEWS else None


def parse_age(text: str) -> float | None:
    """Return an age in years, or None where the text is no credible age.

    Parameters
    ----------
    text
        An age string as PS3.5 6.2 has it (``"062Y"``, ``"008M"``, ``"003W"``, ``"010D"``), or as
        files and tables in the wild do (``"62"``, ``"62Y"``, ``"62.5"``, ``"62,5"``): without a
        unit it counts years. Ages above 120 years, which the RSNA files hold too, are typing
        errors and give None.

    Examples
    --------
    >>> parse_age("062Y"), parse_age("62,5"), parse_age("006M"), parse_age("151")
    (62.0, 62.5, 0.5, None)
    """
    match = _AGE.fullmatch(text.strip().upper())
    if match is None:
        return None
    years = float(match[1].replace(",", ".")) * _YEARS[match[3]]
    return years if years <= _OLDEST else None
