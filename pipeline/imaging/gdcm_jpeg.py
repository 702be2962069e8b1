"""A decoder for pydicom: JPEG Extended with 12 bits, through GDCM.

pydicom's own plugin for GDCM declines these files; GDCM reads them as dcmtk does, value for value.
"""

import importlib
from importlib.util import find_spec

from pydicom.pixels.decoders.base import DecodeRunner
from pydicom.uid import JPEGExtended12Bit

DECODER_DEPENDENCIES = {JPEGExtended12Bit: ("python-gdcm>=3.0.22",)}


def is_available(uid: str) -> bool:
    """Say whether this plugin can decode a transfer syntax here, as pydicom asks its plugins."""
    return uid == JPEGExtended12Bit and find_spec("gdcm") is not None


def decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame, as pydicom asks its plugins.

    Parameters
    ----------
    source
        The JPEG stream.
    runner
        Knows the image's dimensions.
    """
    gdcm = importlib.import_module("gdcm")
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(source)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((runner.columns, runner.rows, 1))
    image.SetDataElement(element)
    interpretation = gdcm.PhotometricInterpretation.GetPIType(runner.photometric_interpretation)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(interpretation))
    syntax = gdcm.TransferSyntax.GetTSType(str.__str__(runner.transfer_syntax))
    image.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    image.SetPixelFormat(gdcm.PixelFormat(runner.samples_per_pixel, 16, 12, 11, 0))
    runner.set_option("bits_allocated", 16)
    pixels: bytes = image.GetBuffer().encode("utf-8", "surrogateescape")
    return pixels
