"""The decoder for each transfer syntax, all of them permissively licensed.

pydicom alone would try its plugins in alphabetical order, the slowest and least careful first.
"""

from dataclasses import dataclass

from pydicom import uid
from pydicom.pixels.decoders.base import get_decoder

from pipeline.imaging.image import UnreadableImage

_OURS = "radbank"
# at import, because pydicom's list of plugins is not to be changed while threads decode
for _syntax in (uid.JPEGExtended12Bit, uid.JPEGLossless, uid.JPEGLosslessSV1):
    get_decoder(_syntax).add_plugin(_OURS, ("pipeline.imaging.gdcm_jpeg", "decode_frame"))
for _syntax in (uid.JPEGLSLossless, uid.JPEGLSNearLossless):
    get_decoder(_syntax).add_plugin(_OURS, ("pipeline.imaging.jpegls", "decode_frame"))


@dataclass(frozen=True)
class Decoder:
    """A plugin of pydicom and the packages that bring it."""

    plugin: str
    packages: str


_PILLOW = Decoder("pillow", "pillow")
_GDCM = Decoder(_OURS, "python-gdcm")
_CHARLS = Decoder(_OURS, "pyjpegls")
_OPENJPEG = Decoder("pylibjpeg", "pylibjpeg pylibjpeg-openjpeg")
_PYDICOM = Decoder("pydicom", "pydicom")  # pylibjpeg-rle, which is faster, panics on damaged files

#: Transfer syntaxes of compressed pixels, by how radiograph archives use them.
COMPRESSED = {
    uid.JPEGBaseline8Bit: _PILLOW,
    uid.JPEGExtended12Bit: _GDCM,
    uid.JPEGLossless: _GDCM,
    uid.JPEGLosslessSV1: _GDCM,
    uid.JPEGLSLossless: _CHARLS,
    uid.JPEGLSNearLossless: _CHARLS,
    uid.JPEG2000Lossless: _OPENJPEG,
    uid.JPEG2000: _OPENJPEG,
    uid.HTJ2KLossless: _OPENJPEG,
    uid.HTJ2KLosslessRPCL: _OPENJPEG,
    uid.HTJ2K: _OPENJPEG,
    uid.RLELossless: _PYDICOM,
}

#: Transfer syntaxes that pydicom reads by itself.
PLAIN = (
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRLittleEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
)


def is_installed(syntax: uid.UID) -> bool:
    """Say whether the decoder of a compressed transfer syntax is there."""
    return COMPRESSED[syntax].plugin in get_decoder(syntax).available_plugins


def find_plugin(syntax: uid.UID) -> str:
    """Return the name of the plugin that decodes a transfer syntax; empty if pydicom does.

    Raises
    ------
    UnreadableImage
        If the syntax is none that holds still images, or its decoder is not installed.
    """
    if syntax in PLAIN:
        return ""
    if syntax not in COMPRESSED:
        known = syntax.type == "Transfer Syntax"
        raise UnreadableImage(
            f"its transfer syntax, {syntax.name}, is not supported"
            if known
            else "its transfer syntax is none of DICOM's"
        )
    if not is_installed(syntax):
        raise UnreadableImage(
            f"no decoder for {syntax.name} is installed ({COMPRESSED[syntax].packages})"
        )
    return COMPRESSED[syntax].plugin
