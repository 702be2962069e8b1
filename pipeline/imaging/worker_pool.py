"""Processes that decode, so that a decoder can neither end ours nor keep a thread for long."""

import atexit
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).with_name("decode_worker.py")
_START = 60.0  # seconds until a new process has imported what it needs
_PATIENCE = 4.0  # seconds for any frame
_PIXELS_A_SECOND = 1e6  # besides: decoders do ten times as many

_lock = threading.Lock()
_idle: dict[str, list[subprocess.Popen[bytes]]] = {}


def ask(decoder: str, request: dict[str, Any], source: bytes) -> bytes:
    """Have a process decode a frame.

    Parameters
    ----------
    decoder
        One of those that pipeline/imaging/decode_worker.py knows.
    request
        What the decoder wants to know; `rows` and `columns` too, which give it its time.
    source
        The compressed bytes.

    Raises
    ------
    ValueError
        If it declines, dies or takes too long.
    """
    message = json.dumps({**request, "size": len(source)}).encode() + b"\n" + source
    patience = _PATIENCE + request["rows"] * request["columns"] / _PIXELS_A_SECOND
    with _lock:
        workers = _idle.setdefault(decoder, [])
        worker = workers.pop() if workers else None
    if worker is None:
        worker = _start(decoder)
    answer = _exchange(worker, message, patience)
    if answer is None:
        _end(worker)
        raise ValueError("the decoder's process died or took too long")
    with _lock:
        workers.append(worker)
    if not answer:
        raise ValueError("the decoder declines this stream")
    return answer


def _start(decoder: str) -> subprocess.Popen[bytes]:
    """Start a process and wait until it can decode."""
    worker = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", str(_PROGRAM), decoder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    if _exchange(worker, b"", _START) is None:
        _end(worker)
        raise ValueError("the decoder's process does not start")
    return worker


def _exchange(worker: subprocess.Popen[bytes], message: bytes, patience: float) -> bytes | None:
    """Return a worker's answer; None if it died or took too long."""
    assert worker.stdin is not None and worker.stdout is not None  # noqa: PT018, S101 - pipes
    alarm = threading.Timer(patience, worker.kill)
    alarm.start()
    try:
        worker.stdin.write(message)
        worker.stdin.flush()
        head = worker.stdout.read(8)
        size = int.from_bytes(head, "little")
        answer = worker.stdout.read(size)
    except OSError:
        return None
    finally:
        alarm.cancel()
    return answer if len(head) == 8 and len(answer) == size else None


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.communicate()


@atexit.register
def _end_all() -> None:
    for workers in _idle.values():
        while workers:
            _end(workers.pop())
