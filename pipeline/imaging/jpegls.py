"""A plugin of pydicom for JPEG-LS: CharLS in a process of its own.

Some damaged streams of a few thousand bytes keep CharLS busy for half a minute. pydicom's own
plugin for it runs it in our process, where nothing can stop it.
"""

from importlib.util import find_spec

from pydicom.pixels.decoders.base import DecodeRunner
from pydicom.uid import JPEGLSLossless, JPEGLSNearLossless

from pipeline.imaging.worker_pool import ask

DECODER_DEPENDENCIES = dict.fromkeys((JPEGLSLossless, JPEGLSNearLossless), ("pyjpegls>=1.2",))


def is_available(uid: str) -> bool:
    """Say whether this plugin can decode a transfer syntax here, as pydicom asks its plugins."""
    return uid in DECODER_DEPENDENCIES and find_spec("jpeg_ls") is not None


def decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame, as pydicom asks its plugins.

    Parameters
    ----------
    source
        The JPEG-LS stream.
    runner
        Knows how the header describes the image.

    Raises
    ------
    ValueError
        If CharLS declines the stream or takes too long.
    """
    answer = ask("charls", {"rows": runner.rows, "columns": runner.columns}, source)
    by_plane, precision = answer[0], answer[1]
    if runner.samples_per_pixel > 1:
        runner.set_option("planar_configuration", by_plane)
    runner.set_option("bits_allocated", 8 if precision <= 8 else 16)
    return answer[2:]
