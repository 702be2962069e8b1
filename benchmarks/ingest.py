"""Time ingest's reading of files against a plain loop over pydicom.

JPEG Baseline files of 1024 x 1024 pixels are written first, unless a folder is given. pydicom as
installed decodes them through GDCM; told to use Pillow it is much quicker. What decoding alone
takes, at the eighth of the size that ingest looks at, is the limit.

Example: python -m benchmarks.ingest --files 64 --rounds 7
"""

import argparse
import io
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.pixels.utils import pixel_array
from pydicom.uid import JPEGBaseline8Bit, SecondaryCaptureImageStorage

from benchmarks.rounds import compare, go_through, report
from pipeline.imaging.examine import examine
from pipeline.imaging.jpeg import open_whole
from pipeline.ingestion.examination import examine_files
from radbank.parallel import ordered_map


def write_files(folder: Path, count: int) -> list[str]:
    """Write files of smooth noise, which JPEG codes about as it does radiographs."""
    rng = np.random.default_rng(0)
    names = []
    for number in range(count):
        coarse = Pillow.fromarray(rng.integers(0, 256, (96, 96), np.uint8))
        smooth = np.asarray(coarse.resize((1024, 1024), Pillow.Resampling.BICUBIC), np.int16)
        grain = rng.integers(-4, 5, smooth.shape)
        pixels = (smooth + grain).clip(0, 255).astype(np.uint8)
        stream = io.BytesIO()
        Pillow.fromarray(pixels).save(stream, "JPEG", quality=80)
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = JPEGBaseline8Bit
        meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
        meta.MediaStorageSOPInstanceUID = f"1.2.{number}"
        dataset = Dataset()
        dataset.file_meta = meta
        dataset.Rows = dataset.Columns = 1024
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
        dataset.PixelRepresentation = 0
        dataset.PixelData = encapsulate([stream.getvalue()])
        name = f"{number}.dcm"
        dataset.save_as(folder / name, enforce_file_format=True)
        os.utime(folder / name, ns=(10**18, 10**18))
        names.append(name)
    return names


def main() -> None:
    """Print milliseconds a file and how often quicker than the plain loop each way is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="of DICOM files to read instead")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["RADBANK_HOME"] = f"{scratch}/home"
        root = arguments.folder or Path(scratch) / "files"
        root.mkdir(exist_ok=True)
        if arguments.folder:
            names = sorted(path.name for path in root.glob("*.dcm"))[: arguments.files]
        else:
            names = write_files(root, arguments.files)
        paths = [root / name for name in names]
        index = Path(scratch) / "home/examined"

        def ingest() -> None:
            for old in index.glob("*"):
                old.unlink()
            again()

        def again() -> None:
            list(examine_files(root.resolve(), names, frame=None, scheduler=None))

        streams = [get_frame(dcmread(path).PixelData, 0, number_of_frames=1) for path in paths]

        def decode_alone() -> None:
            list(ordered_map(partial(open_whole, reduce=8), streams, scheduler=None))

        ways: dict[str, Callable[[], object]] = {
            "plain loop: dcmread(path).pixel_array": partial(
                go_through, paths, lambda path: dcmread(path).pixel_array
            ),
            "the same, told to use Pillow": partial(
                go_through, paths, lambda path: pixel_array(dcmread(path), decoding_plugin="pillow")
            ),
            "decoding alone, in as many threads as ingest": decode_alone,
            "one thread of ingest": partial(go_through, paths, examine),
            "ingest": ingest,
            "ingest, nothing changed": again,
        }
        timings = compare(ways, rounds=arguments.rounds, files=len(names))
    report(timings, rounds=arguments.rounds, files=len(names), json=arguments.json)


if __name__ == "__main__":
    main()
