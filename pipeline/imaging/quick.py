"""A whole and ordinary DICOM file parsed at once, or handed back untouched.

pydicom walks a file element by element through a stream, in Python and so under Python's lock,
which holds up the other threads that decode. Nearly all files need none of its care: a file of
explicit little endian elements in ascending order, each of a known kind and within the file. Of
such a file this gives the very elements that pydicom gives; of any other, nothing.
"""

import struct
from collections.abc import MutableMapping
from typing import cast

from pydicom import Dataset
from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.dataset import FileMetaDataset
from pydicom.tag import BaseTag
from pydicom.uid import UID, ExplicitVRLittleEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, STANDARD_VR

from pipeline.imaging.decoders import COMPRESSED

_START = 132  # after the preamble and DICM (PS3.10 7.1)
_KINDS = {vr.value.encode(): (vr.value, vr in EXPLICIT_VR_LENGTH_32) for vr in STANDARD_VR}
_EMPTY = {vr.value: cast("bytes | None", empty_value_for_VR(vr.value, True)) for vr in STANDARD_VR}
_UNDEFINED = 0xFFFFFFFF
_ITEM, _END_OF_ITEMS = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0"  # PS3.5 7.5
#: Character sets that pydicom takes without a second look: the default, Latin 1 and UTF-8.
_CHARACTER_SETS = frozenset({b"", b"ISO_IR 6", b"ISO_IR 100", b"ISO_IR 192"})

_CHARACTER_SET, _SYNTAX, _PIXEL_DATA = BaseTag(0x00080005), BaseTag(0x00020010), BaseTag(0x7FE00010)
_META, _DELIMITERS = 0x0002, 0xFFFE0000

Elements = MutableMapping[BaseTag, DataElement | RawDataElement]

_element = struct.Struct("<HH2sH").unpack_from
_length = struct.Struct("<I").unpack_from


class _NotOrdinaryError(Exception):
    """An element is out of order, of an unknown kind, openly nested or cut short."""


def _meta(syntax: UID) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    return meta


#: By transfer syntax, padded as in files: meta information of nothing else, only to be read.
_METAS = {
    syntax.encode() + b"\0" * (len(syntax) % 2): _meta(syntax)
    for syntax in (ExplicitVRLittleEndian, *COMPRESSED)
}


def parse_quickly(data: bytes) -> Dataset | None:
    """Parse a file as pydicom would.

    Returns
    -------
    Dataset or None
        All elements; of the meta information the transfer syntax alone. None where the file is
        not whole and ordinary: then let pydicom see what can be made of it.
    """
    if data[_START - 4 : _START] != b"DICM":
        return None
    try:
        elements = _walk(data)
    except (struct.error, _NotOrdinaryError):  # the former where it ends within an element's head
        return None
    if not elements:
        return None
    syntax, characters = elements.pop(_SYNTAX, None), elements.get(_CHARACTER_SET)
    if syntax is None or syntax.value not in _METAS:
        return None
    if characters is not None and characters.value not in _CHARACTER_SETS:
        return None
    dataset = Dataset(elements)
    dataset.file_meta = _METAS[syntax.value]
    dataset.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    return dataset


def _walk(data: bytes) -> Elements:
    """Return the elements of a file's data set, and its transfer syntax."""
    elements: Elements = {}
    at, last, end = _START, -1, len(data)
    while at < end:
        group, number, code, length = _element(data, at)
        tag = group << 16 | number
        if code not in _KINDS or not last < tag < _DELIMITERS:
            raise _NotOrdinaryError
        vr, is_long = _KINDS[code]
        at += 8
        if is_long:
            length = _length(data, at)[0]
            at += 4
        if length == _UNDEFINED:
            if tag != _PIXEL_DATA or vr == "SQ":
                raise _NotOrdinaryError
            stop = _end_of_items(data, at)
            after = stop + len(_END_OF_ITEMS)
        else:
            stop = after = at + length
        if after > end:
            raise _NotOrdinaryError
        if group != _META or tag == _SYNTAX:
            key = BaseTag(tag)
            value = data[at:stop] if length else _EMPTY[vr]
            elements[key] = RawDataElement(key, vr, length, value, at, False, True)
        last, at = tag, after
    return elements


def _end_of_items(data: bytes, at: int) -> int:
    """Return where the items of encapsulated pixels end (PS3.5 A.4)."""
    while data[at : at + 4] == _ITEM:
        at += 8 + _length(data, at + 4)[0]
    if data[at : at + 8] != _END_OF_ITEMS:
        raise _NotOrdinaryError
    return at
