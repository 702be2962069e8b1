"""Which encodings of DICOM pixels can be read here, and what to install for the others."""

from collections.abc import Iterator

from pydicom import uid
from pydicom.pixels.decoders.base import get_decoder

from pipeline.health.check import Check, ok, warn

# what radiograph archives use, with a permissively licensed package that reads each
SYNTAXES = {
    uid.ExplicitVRLittleEndian: "",
    uid.DeflatedExplicitVRLittleEndian: "",
    uid.RLELossless: "",
    uid.JPEGBaseline8Bit: "pillow",
    uid.JPEG2000Lossless: "pillow",
    uid.JPEG2000: "pillow",
    uid.JPEGExtended12Bit: "python-gdcm",
    uid.JPEGLossless: "python-gdcm",
    uid.JPEGLosslessSV1: "python-gdcm",
    uid.JPEGLSLossless: "pyjpegls",
    uid.JPEGLSNearLossless: "pyjpegls",
    uid.HTJ2KLossless: "pylibjpeg pylibjpeg-openjpeg",
    uid.HTJ2K: "pylibjpeg pylibjpeg-openjpeg",
}


def check_decoders() -> Iterator[Check]:
    """Ask pydicom's decoder of each transfer syntax which of its plugins are there."""
    readable: list[str] = []
    missing: dict[str, list[str]] = {}
    for syntax, package in SYNTAXES.items():
        name = syntax.keyword
        plugins = get_decoder(syntax).available_plugins
        if syntax == uid.JPEGExtended12Bit and plugins == ("pillow",):
            # Pillow decodes this syntax's 8-bit files alone
            missing.setdefault(package, []).append(f"{name} beyond 8 bit")
        elif plugins or not syntax.is_encapsulated:
            readable.append(name)
        else:
            missing.setdefault(package, []).append(name)
    yield ok("DICOM pixels", f"readable: {', '.join(readable)}")
    for package, names in missing.items():
        yield warn(
            "DICOM pixels",
            f"not readable: {', '.join(names)}; such files would be quarantined. "
            f"For them: `python -m pip install {package}`",
        )
