"""Provenance: settings and checksums of the files that the page was made from."""

from collections.abc import Mapping
from typing import Any

from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section


def flat(content: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    """Return nested settings as (full key, value) pairs, written as in YAML."""
    found = []
    for key, value in content.items():
        if isinstance(value, Mapping):
            found += flat(value, f"{above}{key}.")
        else:
            found.append((f"{above}{key}", _written(value)))
    return found


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
