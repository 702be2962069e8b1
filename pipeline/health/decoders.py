"""Check which DICOM transfer syntaxes can be decoded, and what to install for others."""

from collections.abc import Iterator

from pipeline.health.check import Check, ok, warn
from pipeline.imaging.decoders import COMPRESSED, PLAIN, is_installed


def check_decoders() -> Iterator[Check]:
    """Look for the decoder of each transfer syntax."""
    readable = [syntax.keyword for syntax in PLAIN]
    missing: dict[str, list[str]] = {}
    for syntax, decoder in COMPRESSED.items():
        names = readable if is_installed(syntax) else missing.setdefault(decoder.packages, [])
        names.append(syntax.keyword)
    yield ok("DICOM pixels", f"readable: {', '.join(readable)}")
    for packages, names in missing.items():
        yield warn(
            "DICOM pixels",
            f"not readable: {', '.join(names)}; such files would be quarantined. "
            f"For them: `python -m pip install {packages}`",
        )
