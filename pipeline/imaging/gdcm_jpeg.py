"""A plugin of pydicom for JPEG Lossless and 12-bit JPEG Extended: GDCM in a process of its own.

GDCM is the only permissively licensed package that reads them, and on some damaged files it ends
the process that it runs in. pydicom's own plugin for it runs it in ours, and declines 12 bits,
which GDCM reads as dcmtk does, value for value.
"""

from importlib.util import find_spec

from pydicom.pixels.decoders.base import DecodeRunner
from pydicom.uid import JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1

from pipeline.imaging.worker_pool import ask

DECODER_DEPENDENCIES = dict.fromkeys(
    (JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1), ("python-gdcm>=3.0.24",)
)


def is_available(uid: str) -> bool:
    """Say whether this plugin can decode a transfer syntax here, as pydicom asks its plugins."""
    return uid in DECODER_DEPENDENCIES and find_spec("gdcm") is not None


def decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame, as pydicom asks its plugins.

    Parameters
    ----------
    source
        The JPEG stream.
    runner
        Knows how the header describes the image.

    Raises
    ------
    ValueError
        If GDCM declines the stream or does not survive it.
    """
    twelve = runner.transfer_syntax == JPEGExtended12Bit
    if twelve:
        runner.set_option("bits_allocated", 16)
    request = {
        "syntax": str.__str__(runner.transfer_syntax),
        "interpretation": str(runner.photometric_interpretation),
        "rows": runner.rows,
        "columns": runner.columns,
        "samples": runner.samples_per_pixel,
        "planar": runner.planar_configuration if runner.samples_per_pixel > 1 else 0,
        "allocated": runner.bits_allocated,
        "stored": 12 if twelve else runner.bits_stored,
        "signed": 0 if twelve else runner.pixel_representation,
    }
    return ask("gdcm", request, source)
