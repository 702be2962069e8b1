"""A program that decodes frames, so that a crash of a decoder ends it and nothing else.

Its argument names the decoder, gdcm or charls. It answers on standard output, each time with
eight bytes of length and the decoded pixels: once with nothing when it is ready, then to every
request. It reads them from standard input, each a line of JSON and then as many bytes as its
`size` says. Length zero says that the decoder declined.
"""

import importlib
import json
import os
import sys
from typing import Any, BinaryIO


def decode_by_gdcm(gdcm: Any, source: bytes, request: dict[str, Any]) -> bytes:  # noqa: ANN401 - untyped
    """Decode one frame of JPEG.

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


def decode_by_charls(jpeg_ls: Any, source: bytes, _request: dict[str, Any]) -> bytes:  # noqa: ANN401
    """Decode one frame of JPEG-LS.

    Parameters
    ----------
    jpeg_ls
        The module.
    source
        The JPEG-LS stream.

    Returns
    -------
    bytes
        Whether colours follow each other as planes (1 or 0), the bits of a sample, the samples.
    """
    pixels, found = jpeg_ls.decode_pixel_data(source)
    answer: bytes = bytes([found["interleave_mode"] == 0, found["bits_per_sample"]]) + pixels
    return answer


DECODERS = {"gdcm": ("gdcm", decode_by_gdcm), "charls": ("jpeg_ls", decode_by_charls)}


def serve(decoder: str, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end."""
    name, decode = DECODERS[decoder]
    module = importlib.import_module(name)
    _answer(answers, b"")
    for line in requests:
        request = json.loads(line)
        source = requests.read(request["size"])
        try:
            pixels = decode(module, source, request)
        except (MemoryError, RuntimeError, TypeError, ValueError):
            pixels = b""
        _answer(answers, pixels)


def _answer(answers: BinaryIO, pixels: bytes) -> None:
    answers.write(len(pixels).to_bytes(8, "little") + pixels)
    answers.flush()


if __name__ == "__main__":
    # decoders may print; only answers are to leave here
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        serve(sys.argv[1], sys.stdin.buffer, output)
