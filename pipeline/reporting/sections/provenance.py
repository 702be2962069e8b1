"""Provenance: settings and checksums of the files that the page was made from."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section

_PRIVATE = {"data.root", "data.groups", "data.group_pattern"}
_PATHS = {
    "weights",
    "split.join",
    "data.readings",
}  # which may also be the name of something of radbank's own
_HIDDEN = "(not shown)"


def flat(content: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    """Return nested settings as (full key, value) pairs, written as in YAML, without paths."""
    found = []
    for key, value in content.items():
        if isinstance(value, Mapping):
            found += flat(value, f"{above}{key}.")
        else:
            shown = value is None or not _is_private(f"{above}{key}", value)
            found.append((f"{above}{key}", _written(value) if shown else _HIDDEN))
    return found


def _is_private(key: str, value: object) -> bool:
    """Tell whether a setting may name folders or files, and persons with them."""
    if key in _PATHS:
        return len(PurePath(str(value)).parts) > 1
    return key in _PRIVATE


def _written(value: Any) -> str:  # noqa: ANN401 - a setting is of any type
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(_written(item) for item in value)}]"
        case _:
            return str(value)


def _context(evidence: Evidence) -> Mapping[str, Any]:
    return {"settings": flat(evidence.params.model_dump()), "checksums": evidence.checksums}


section = Section("Provenance", _context)
