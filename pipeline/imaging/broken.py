"""The errors that mean a damaged file, whatever library comes upon the damage."""

import struct
import zlib

from pydicom.errors import BytesLengthException, InvalidDicomError

#: What pydicom and the decoders below it raise on bytes that make no sense.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
