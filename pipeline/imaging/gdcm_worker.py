"""A program that decodes JPEG through GDCM, so that a crash of GDCM ends it and nothing else.

It reads requests from standard input, each a line of JSON and then as many bytes as its `size`
says, and answers on standard output with eight bytes of length and the decoded pixels; length
zero says that GDCM declined.
"""

import importlib
import json
import os
import sys
from typing import Any, BinaryIO


def decode(gdcm: Any, source: bytes, request: dict[str, Any]) -> bytes:  # noqa: ANN401 - untyped
    """Decode one frame with GDCM.

    Parameters
    ----------
    gdcm
        The module.
    source
        The JPEG stream.
    request
        syntax, interpretation, rows, columns, samples, planar, allocated, stored, signed.
    """
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(source)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((request["columns"], request["rows"], 1))
    image.SetDataElement(element)
    interpretation = gdcm.PhotometricInterpretation.GetPIType(request["interpretation"])
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(interpretation))
    if request["samples"] > 1:
        image.SetPlanarConfiguration(request["planar"])
    syntax = gdcm.TransferSyntax.GetTSType(request["syntax"])
    image.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    stored = request["stored"]
    image.SetPixelFormat(
        gdcm.PixelFormat(
            request["samples"], request["allocated"], stored, stored - 1, request["signed"]
        )
    )
    pixels: bytes = image.GetBuffer().encode("utf-8", "surrogateescape")
    return pixels


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end."""
    gdcm = importlib.import_module("gdcm")
    for line in requests:
        request = json.loads(line)
        source = requests.read(request["size"])
        try:
            pixels = decode(gdcm, source, request)
        except (MemoryError, RuntimeError, TypeError, ValueError):
            pixels = b""
        answers.write(len(pixels).to_bytes(8, "little") + pixels)
        answers.flush()


if __name__ == "__main__":
    # GDCM may print; only answers are to leave here
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        serve(sys.stdin.buffer, output)
