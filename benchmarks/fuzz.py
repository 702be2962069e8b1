"""Feed damaged files to the decoder: each must give an image or a reason, soon and in bounds.

A child process with a memory limit decodes them. It is watched: one that raises anything but a
reason, dies, or thinks for more than ten seconds has failed.

Example: python -m benchmarks.fuzz --dicom 10000 --raster 2000 --seed 0
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from benchmarks.mutation import dicom_seeds, mutate, raster_seeds
from pipeline.imaging.image import ANY_SIDE, UnreadableImage
from pipeline.imaging.read import read_image
from radbank.progress import track

PATIENCE = 10.0  # seconds
SIDES = (None, ANY_SIDE, 32)  # all of the image, a look at it, enough of it for a small one
MEMORY = 4 * 2**30  # bytes of address space, libraries included


def decode_forever(connection: Connection, folder: str) -> None:
    """Answer each file with "image", a reason, or a traceback after ``!``."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    path = Path(folder) / "file"
    while True:
        content, side = connection.recv()
        path.write_bytes(content)
        try:
            read_image(path, frame=1, side=side)
            answer = "image"
        except UnreadableImage as reason:
            answer = str(reason)
        except BaseException:  # noqa: BLE001 - this is what is looked for
            answer = "!" + traceback.format_exc()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        connection.send((answer, peak * 1024))


class Child:
    """A decoding process that is replaced when it fails."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.peak = 0
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(
            target=decode_forever, args=(theirs, self.folder), daemon=True
        )
        self.process.start()
        theirs.close()

    def ask(self, content: bytes, side: int | None) -> str:
        """Return the child's answer, or what became of it after ``!``."""
        try:
            self.connection.send((content, side))
            # the first answer of a new child waits for its imports
            if not self.connection.poll(PATIENCE if self.peak else 120):
                raise TimeoutError
            answer, peak = self.connection.recv()
        except (EOFError, OSError) as error:
            self.process.kill()
            self.process.join()
            fate = f"!{type(error).__name__}, exit code {self.process.exitcode}"
            self._start()
            self.ask(b"", None)
            return fate
        self.peak = max(self.peak, peak)
        return str(answer)


def main() -> None:
    """Try all files, print the outcomes, and fail if one is neither image nor reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dicom", type=int, default=10_000)
    parser.add_argument("--raster", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder for the files that failed")
    arguments = parser.parse_args()
    dicom = dicom_seeds()
    raster = raster_seeds(np.random.default_rng(arguments.seed))
    total = arguments.dicom + arguments.raster
    outcomes: Counter[str] = Counter()
    slowest, failures = 0.0, []
    with tempfile.TemporaryDirectory() as folder:
        child = Child(folder)
        child.ask(b"", None)
        for number in track(range(total), "damaging", total=total, unit="files"):
            rng = np.random.default_rng([arguments.seed, number])
            seeds = dicom if number < arguments.dicom else raster
            content = mutate(seeds[rng.integers(len(seeds))], rng)
            started = time.perf_counter()
            answer = child.ask(content, SIDES[rng.integers(len(SIDES))])
            slowest = max(slowest, time.perf_counter() - started)
            outcomes["FAILED" if answer.startswith("!") else answer] += 1
            if answer.startswith("!"):
                failures.append(f"file {number}: {answer[1:].strip()}")
                if arguments.keep:
                    arguments.keep.mkdir(parents=True, exist_ok=True)
                    (arguments.keep / str(number)).write_bytes(content)
        child.process.kill()
    for outcome, count in outcomes.most_common():
        print(f"{count:6d}  {outcome}")
    files = f"{arguments.dicom} DICOM, {arguments.raster} PNG, JPEG and TIFF files"
    print(f"{files}, seed {arguments.seed}")
    print(f"slowest {slowest:.2f} s, child's peak {child.peak / 2**20:.0f} MiB resident")
    print("\n".join(failures))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
