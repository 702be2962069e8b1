"""Compare radbank's decoding of pydicom's own test files with that of GDCM and dcmtk.

Writes docs/reference/dicom-files.md, one row a file. Needs python-gdcm (which radbank brings),
dcmtk's tools (Debian's package dcmtk) and, for the larger files, the package pydicom-data.

Example: python -m benchmarks.dicom_files
"""

import subprocess
import tempfile
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image as Pillow
from pydicom import Dataset, data

from pipeline.imaging.description import MONOCHROME, complete, describe
from pipeline.imaging.dicom import as_grey
from pipeline.imaging.image import UnreadableImage
from pipeline.imaging.parse import is_dicom, parse
from pipeline.imaging.pixels import decode_frame
from pipeline.imaging.quiet import quiet
from pipeline.imaging.read import read_image
from radbank.files import write_text
from radbank.progress import track

TABLE = Path(__file__).resolve().parent.parent / "docs/reference/dicom-files.md"
NONE = "-"
VIA_GDCM = frozenset({"JPEGLossless", "JPEGLosslessSV1", "JPEGExtended12Bit"})
HEAD = """# Test files of pydicom, decoded

Made by `python -m benchmarks.dicom_files` from the DICOM files that come with pydicom {version} and
the package pydicom-data; of several frames the first.

- *values*: the largest difference of stored values (grey and RGB) to those of GDCM's
  `gdcmconv --raw`, which parses and decodes the file by itself; for the JPEG files that radbank
  decodes through GDCM, to those of dcmtk's `dcmdjpeg`. Both decoders of JPEG 2000 build on
  OpenJPEG, in different versions.
- *greys*: the largest difference of the rendered 8-bit greys to those of dcmtk's `dcmj2pnm`
  (`dcml2pnm` for JPEG-LS), asked for the same window and no overlays; for JPEG 2000, which dcmtk
  does not read, from GDCM's values. Colours are compared by their luma. One grey is rounding.
- `-`: the reference gives none.

{counts}

| file | transfer syntax | pixels | outcome | values | greys |
|---|---|---|---|---|---|
"""
NOTES = {
    "rtdose_expb": "32-bit pixels in big endian: the references swap words where pydicom swaps "
    "whole pixels. The values are those of rtdose.dcm, the same dose in little endian.",
    "gdcm-US-ALOKA-16": "dcmtk does not read segmented palettes; the files of both byte orders "
    "give the same greys.",
    "JPEG2000-embedded-sequence-delimiter": "a delimiter was written over the code stream's size.",
    "SC_rgb_rle_16bit.dcm, SC_rgb_rle_32bit.dcm": "the references contradict each other; radbank "
    "agrees with dcmtk.",
    "badVR": "Number of Frames is '1A'.",
}


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    file: str
    syntax: str = ""
    pixels: str = ""
    outcome: str = ""
    values: str = NONE
    greys: str = NONE


def find_files() -> list[Path]:
    """Return pydicom's test files and those of pydicom-data, where it is installed."""
    folders = [Path(data.__file__).parent / "test_files"]
    if (spec := find_spec("data_store")) is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent / "data")
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in files if is_dicom(path.read_bytes()[:200])]


def examine(path: Path, folder: Path) -> Row:
    """Decode a file with radbank and with the references."""
    name = "/".join(path.parts[path.parts.index("data") + 1 :]).removeprefix("test_files/")
    with quiet():
        try:
            dataset = parse(path.read_bytes())
        except UnreadableImage as reason:
            return Row(name, outcome=f"quarantined: {reason}")
        syntax = getattr(dataset.file_meta.get("TransferSyntaxUID"), "name", "")
        kind = dataset.get("PhotometricInterpretation", "")
        pixels = f"{kind} {dataset.get('BitsStored', '')} bit" if kind else "none"
        try:
            read_image(path, frame=1)
            description = describe(dataset)
            complete(dataset, description)
            stored, description = decode_frame(dataset, description, 1)
        except UnreadableImage as reason:
            return Row(name, syntax, pixels, f"quarantined: {reason}")
        grey = as_grey(stored, dataset, description)
        values = compare_values(path, dataset, stored, folder)
        greys = compare_greys(path, dataset, grey, folder)
    return Row(name, syntax, pixels, "decoded", values, greys)


def compare_values(path: Path, dataset: Dataset, stored: np.ndarray, folder: Path) -> str:
    """Return the largest difference of the stored values to a reference's."""
    if dataset.PhotometricInterpretation not in MONOCHROME | {"RGB"}:
        return NONE
    syntax = dataset.file_meta.TransferSyntaxUID.keyword
    command = ["dcmdjpeg"] if syntax in VIA_GDCM else ["gdcmconv", "--raw"]
    plain = decompress(command, path, folder)
    if plain is None:
        return NONE
    written = parse(plain.read_bytes())
    if "PixelData" not in written:
        return NONE
    reference = written.pixel_array.reshape(-1)[: stored.size].astype(np.float64)
    if reference.size != stored.size:
        return NONE
    if stored.dtype.kind in "iu" and (bits := dataset.BitsStored) < dataset.BitsAllocated:
        # what lies above the stored bits is no part of the value
        stored, reference = stored.astype(np.int64) % 2**bits, reference % 2**bits
    return f"{np.abs(reference - stored.reshape(-1).astype(np.float64)).max():g}"


def compare_greys(path: Path, dataset: Dataset, grey: np.ndarray, folder: Path) -> str:
    """Return the largest difference of the rendered greys to dcm2pnm's."""
    syntax = dataset.file_meta.TransferSyntaxUID
    source, tool = path, "dcml2pnm" if "JPEGLS" in syntax.keyword else "dcmj2pnm"
    if "2000" in syntax.name:
        found = decompress(["gdcmconv", "--raw"], path, folder)
        if found is None:
            return NONE
        source = found
    option = ["-W"] if dataset.get("BitsStored", 16) == 8 else ["+Wm"]
    if dataset.get("VOILUTSequence"):
        option = ["+Wl", "1"]
    elif dataset.get("WindowWidth") is not None and dataset.get("WindowCenter") is not None:
        option = ["+Wi", "1"]
    if dataset.PhotometricInterpretation not in MONOCHROME:
        option = []
    output = folder / "grey.pnm"
    command = [tool, "+op", "-O", "+F", "1", *option, str(source), str(output)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode or not output.is_file():
        return NONE
    rendered = np.asarray(Pillow.open(output)).astype(np.float64)
    output.unlink()
    if rendered.ndim == 3:
        rendered = np.rint(rendered @ [0.299, 0.587, 0.114])
    return f"{np.abs(rendered - grey).max():g}" if rendered.shape == grey.shape else NONE


def decompress(command: list[str], path: Path, folder: Path) -> Path | None:
    """Have a tool write a file again with uncompressed pixels."""
    output = folder / "plain.dcm"
    output.unlink(missing_ok=True)
    subprocess.run([*command, str(path), str(output)], capture_output=True, check=False)
    return output if output.is_file() else None


def main() -> None:
    """Write the table."""
    warnings.simplefilter("ignore")
    files = find_files()
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            examine(path, Path(folder))
            for path in track(files, "comparing", total=len(files), unit="files")
        ]
    decoded = [row for row in rows if row.outcome == "decoded"]
    alone = [row for row in decoded if row.values == row.greys == NONE]
    close = [row for row in decoded if {row.values, row.greys} & {"0", "1"}]
    apart = len(decoded) - len(close) - len(alone)
    counts = (
        f"{len(rows)} files: {len(decoded)} decoded, {len(close)} of them within rounding of a "
        f"reference, {len(alone)} without any reference, {apart} apart (see the notes); "
        f"{len(rows) - len(decoded)} quarantined."
    )
    lines = ["| " + " | ".join(vars(row).values()) + " |" for row in rows]
    notes = [f"- `{file}`: {note}" for file, note in NOTES.items()]
    head = HEAD.format(version=pydicom.__version__, counts=counts)
    write_text(TABLE, head + "\n".join([*lines, "", "Notes:", *notes]) + "\n")
    print(counts)


if __name__ == "__main__":
    main()
