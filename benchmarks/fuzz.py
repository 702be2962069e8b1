"""Feed damaged files to what reads them: each must be read or refused, soon and in bounds.

Images of six kinds, the files of trained models, image stores and blocks of the bank. A child
process with a memory limit reads them. It is watched: one that raises anything but a refusal,
dies, or takes more than five seconds or two gigabytes has failed. A damaged file of a model or the
bank is put under its right checksum, so that what lies behind the checksum meets it.

Example: python -m benchmarks.fuzz --files 20000 --seed 0
"""

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from benchmarks.fuzz_targets import targets
from benchmarks.mutation import mutate
from radbank.errors import RadbankError
from radbank.memory import peak_memory
from radbank.progress import track

PATIENCE = 5.0  # seconds
MEMORY = 2 * 2**30  # bytes resident, libraries included
ADDRESSES = 8 * 2**30  # bytes of address space


def read_forever(connection: Connection, folder: str, seed: int) -> None:
    """Answer each file with "read", "refused", or a traceback after ``!``."""
    every = targets(seed)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what libraries in C say
    connection.send(("ready", 0))
    while True:
        kind, number, content = connection.recv()
        place = Path(folder) / kind
        place.mkdir(exist_ok=True)
        try:
            every[kind][number].read(place, content)
            answer = "read"
        except RadbankError:
            answer = "refused"
        except BaseException:  # noqa: BLE001 - this is what is looked for
            answer = "!" + traceback.format_exc()
        connection.send((answer, peak_memory()))


class Child:
    """A reading process that is replaced when it fails."""

    def __init__(self, folder: str, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(
            target=read_forever, args=(theirs, self.folder, self.seed), daemon=True
        )
        self.process.start()
        theirs.close()
        self.connection.recv()

    def ask(self, kind: str, number: int, content: bytes) -> tuple[str, int]:
        """Return the child's answer and its peak memory, or what became of it after ``!``."""
        try:
            self.connection.send((kind, number, content))
            if not self.connection.poll(PATIENCE):
                raise TimeoutError
            answer, peak = self.connection.recv()
        except (EOFError, OSError) as error:
            self.process.kill()
            self.process.join()
            fate = f"!{type(error).__name__}, exit code {self.process.exitcode}"
            self._start()
            return fate, 0
        if peak > MEMORY and not answer.startswith("!"):
            answer = f"!{peak / 2**20:,.0f} MiB resident"
            self.process.kill()
            self._start()
        return answer, peak


@dataclass
class Outcome:
    """What became of the damaged files of one kind."""

    read: int = 0
    refused: int = 0
    failed: int = 0
    slowest: float = 0.0
    peak: int = 0

    def add(self, answer: str, seconds: float, peak: int) -> None:
        """Count an answer of the child."""
        self.read += answer == "read"
        self.refused += answer == "refused"
        self.failed += answer.startswith("!")
        self.slowest = max(self.slowest, seconds)
        self.peak = max(self.peak, peak)


def main() -> None:
    """Try all files, print the outcomes, and fail if one was neither read nor refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000, help="of all kinds together")
    parser.add_argument("--only", help="one kind, such as model")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder for the files that failed")
    arguments = parser.parse_args()
    began = time.perf_counter()
    every = targets(arguments.seed)
    kinds = [arguments.only] if arguments.only else list(every)
    outcomes = {kind: Outcome() for kind in kinds}
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        child = Child(folder, arguments.seed)
        for number in track(
            range(arguments.files), "damaging", total=arguments.files, unit="files"
        ):
            kind = kinds[number % len(kinds)]
            rng = np.random.default_rng([arguments.seed, number])
            chosen = int(rng.integers(len(every[kind])))
            content = mutate(every[kind][chosen].content, rng)
            started = time.perf_counter()
            answer, peak = child.ask(kind, chosen, content)
            outcomes[kind].add(answer, time.perf_counter() - started, peak)
            if answer.startswith("!"):
                failures.append(f"{kind}, file {number}: {answer[1:].strip()}")
                if arguments.keep:
                    arguments.keep.mkdir(parents=True, exist_ok=True)
                    (arguments.keep / f"{number}-{chosen}").write_bytes(content)
        child.process.kill()
    print(
        f"{'':10} {'files':>6} {'read':>6} {'refused':>8} {'failed':>7} {'slowest':>9} {'peak':>9}"
    )
    for kind, each in outcomes.items():
        total = each.read + each.refused + each.failed
        print(
            f"{kind:10} {total:6d} {each.read:6d} {each.refused:8d} {each.failed:7d} "
            f"{each.slowest:7.2f} s {each.peak / 2**20:5.0f} MiB"
        )
    print(f"seed {arguments.seed}, {time.perf_counter() - began:.0f} s")
    print("\n".join(failures))
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
