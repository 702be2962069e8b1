"""Stage fingerprint: one hash of the data set, by which DVC tells whether it changed.

DVC cannot watch the folder itself: it does not see behind links to folders, fails at names that
are not UTF-8 and at links to nothing, and waits for ever at a named pipe.
"""

from pathlib import Path

from pipeline.ingestion.fingerprint import fingerprint
from pipeline.params import load_params
from pipeline.paths import FINGERPRINT
from pipeline.stage import run
from radbank.files import write_json


def main() -> None:
    """Read ``data.root``, ``data.groups`` and ``data.readings``; write data/fingerprint.json."""
    data = load_params().data
    write_json(FINGERPRINT, fingerprint(Path(data.root), data.beside))


if __name__ == "__main__":
    run(main)
