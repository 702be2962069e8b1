"""A plugin of pydicom for JPEG Lossless and 12-bit JPEG Extended: GDCM in a process of its own.

GDCM is the only permissively licensed package that reads them, and on some damaged files it ends
the process that it runs in. pydicom's own plugin for it runs it in ours, and declines 12 bits,
which GDCM reads as dcmtk does, value for value.
"""

import atexit
import json
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

from pydicom.pixels.decoders.base import DecodeRunner
from pydicom.uid import JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1

DECODER_DEPENDENCIES = dict.fromkeys(
    (JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1), ("python-gdcm>=3.0.24",)
)
_PROGRAM = Path(__file__).with_name("gdcm_worker.py")
_PATIENCE = 60.0  # seconds for a frame: the largest radiographs take a few

_lock = threading.Lock()
_idle: list[subprocess.Popen[bytes]] = []


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
        "size": len(source),
    }
    pixels = _ask(json.dumps(request).encode() + b"\n" + source)
    if not pixels:
        raise ValueError("GDCM cannot decode this JPEG stream")
    return pixels


def _ask(message: bytes) -> bytes:
    """Return a worker's answer; nothing if it declined, died or took too long."""
    with _lock:
        worker = _idle.pop() if _idle else None
    if worker is None:
        worker = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    assert worker.stdin is not None and worker.stdout is not None  # noqa: PT018, S101 - pipes
    alarm = threading.Timer(_PATIENCE, worker.kill)
    alarm.start()
    try:
        worker.stdin.write(message)
        worker.stdin.flush()
        head = worker.stdout.read(8)
        size = int.from_bytes(head, "little")
        pixels = worker.stdout.read(size)
    except OSError:
        head, size, pixels = b"", 0, b""
    finally:
        alarm.cancel()
    if len(head) < 8 or len(pixels) < size:
        _end(worker)
        return b""
    with _lock:
        _idle.append(worker)
    return pixels


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.communicate()


@atexit.register
def _end_all() -> None:
    while _idle:
        _end(_idle.pop())
