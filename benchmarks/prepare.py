"""Time radbank's preparing of DICOM files against pydicom and PIL, one file after the other.

JPEG Baseline files of 1024 x 1024 pixels are written first, unless a folder is given. pydicom as
installed decodes them through GDCM; told to use Pillow it is much quicker. Processes stand beside
radbank's own threads, to see what Python's lock costs; the time in which they start is left out.

Example: python -m benchmarks.prepare --files 64 --rounds 5 --json prepare.json
"""

import argparse
import multiprocessing
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from pydicom import dcmread
from pydicom.pixels.utils import pixel_array

from benchmarks.ingest import write_files
from benchmarks.rounds import compare, go_through, report
from pipeline.imaging.prepare import prepare, prepare_file
from pipeline.imaging.read import read_grey
from pipeline.params import load_params
from radbank.parallel import ordered_map

_TASK = 4  # files handed to a process at a time, as to a thread


def prepare_plainly(size: int, plugin: str, path: Path) -> np.ndarray:
    """Do as a short script would: all pixels through pydicom, then PIL's bicubic filter."""
    image = Pillow.fromarray(pixel_array(dcmread(path), decoding_plugin=plugin))
    image.thumbnail((size, size), Pillow.Resampling.BICUBIC, reducing_gap=None)
    return np.asarray(image)


def prepare_whole(size: int, path: Path) -> np.ndarray:
    """Do as radbank does, but decode all pixels."""
    return prepare(read_grey(path), size)


def main() -> None:
    """Print milliseconds a file and how often quicker than the plain loops each way is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="of 8-bit grey DICOM files to read instead")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    arguments = parser.parse_args()
    size = load_params().prepare.size
    ours = partial(prepare_file, size=size)
    with (
        tempfile.TemporaryDirectory() as scratch,
        ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as processes,
    ):
        folder = arguments.folder or Path(scratch)
        if arguments.folder is None:
            write_files(folder, arguments.files)
        paths = sorted(folder.glob("*.dcm"))[: arguments.files]

        def in_processes() -> None:
            list(processes.map(ours, paths, chunksize=_TASK))

        ways: dict[str, Callable[[], object]] = {
            "plain loop: pixel_array as installed, PIL": partial(
                go_through, paths, partial(prepare_plainly, size, "")
            ),
            "the same, told to use Pillow": partial(
                go_through, paths, partial(prepare_plainly, size, "pillow")
            ),
            "one thread, all pixels": partial(go_through, paths, partial(prepare_whole, size)),
            "one thread of prepare": partial(go_through, paths, ours),
            "prepare": lambda: list(ordered_map(ours, paths, scheduler=None)),
            "prepare in processes": in_processes,
        }
        in_processes()  # starts them
        timings = compare(ways, rounds=arguments.rounds, files=len(paths))
    report(timings, rounds=arguments.rounds, files=len(paths), json=arguments.json)


if __name__ == "__main__":
    main()
