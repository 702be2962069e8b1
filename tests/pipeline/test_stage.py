import errno
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.numpy import save_file

from pipeline.stage import run
from radbank.errors import RadbankError


def test_a_users_mistake_is_one_line_and_exit_code_1(capsys):
    def main():
        raise RadbankError("No file x.csv: name another in data.groups.")

    with pytest.raises(SystemExit) as stop:
        run(main)
    assert stop.value.code == 1
    assert capsys.readouterr().err == "error: No file x.csv: name another in data.groups.\n"


def test_an_error_does_not_send_the_terminal_codes_of_a_name(capsys):
    def fail():
        raise RadbankError("There is no a\x1b[2J.png.")

    with pytest.raises(SystemExit):
        run(fail, anywhere=True)
    assert capsys.readouterr().err == "error: There is no a\\x1b[2J.png.\n"


def test_a_bug_keeps_its_traceback():
    def main():
        raise KeyError("x")

    with pytest.raises(KeyError):
        run(main)


def test_a_full_disk_is_one_line_too(capsys):
    def main():
        raise OSError(errno.ENOSPC, "No space left on device", "data/cases.parquet")

    with pytest.raises(SystemExit):
        run(main)
    printed = capsys.readouterr().err
    assert (
        printed
        == "error: There is no room for data/cases.parquet on the disk: free some, then go on.\n"
    )


def test_a_full_disk_behind_an_error_of_a_library_is_one_line_too(capsys):
    def main():
        full = OSError(errno.ENOSPC, "No space left on device")
        raise OSError("With tag (7FE0,0010) got exception") from full  # as pydicom does

    with pytest.raises(SystemExit):
        run(main)
    printed = capsys.readouterr().err
    assert printed == "error: There is no room on the disk: free some, then go on.\n"


def save_as_a_state(path):
    with path.open("wb") as file:
        torch.save({"weight": torch.zeros(500_000)}, file)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(bytes(500_000)),
        lambda path: save_file({"weight": np.zeros(500_000)}, path),
        save_as_a_state,
        lambda path: pd.DataFrame({"x": np.arange(500_000)}).to_parquet(path),
        lambda path: pd.DataFrame({"x": np.arange(500_000)}).to_csv(path),
    ],
    ids=["bytes", "safetensors", "torch", "parquet", "csv"],
)
def test_a_full_disk_is_one_line_whichever_library_writes(small_disk, write, capsys):
    place = small_disk(200)
    with pytest.raises(SystemExit):
        run(lambda: write(place / "file"))
    assert capsys.readouterr().err.startswith("error: There is no room ")


def test_another_failure_of_the_system_is_a_bug():
    def main():
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input"):
        run(main)


STAGE = """
import signal, sys
from pathlib import Path
from pipeline.stage import run
from radbank.files import atomic_path

def main():
    with atomic_path(Path(sys.argv[1])) as temporary:
        temporary.write_text("half")
        print("half", flush=True)
        sys.stdin.read()

# as the shell leaves it, whatever these tests inherited
signal.signal(int(sys.argv[2]), getattr(signal, sys.argv[3]))
run(main, anywhere=True)
"""


def signalled(output, number, before):
    """Run a stage, send it a signal in the middle of its work, let it go on; its exit status."""
    with subprocess.Popen(
        [sys.executable, "-c", STAGE, output, str(int(number)), before],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "half\n"
        process.send_signal(number)
        process.communicate()
    return process.returncode


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_leaves_nothing_behind(tmp_path, number):
    assert signalled(tmp_path / "out", number, "SIG_DFL") == 128 + number
    assert not list(tmp_path.iterdir())


def test_under_nohup_a_stage_outlives_its_terminal(tmp_path):
    assert signalled(tmp_path / "out", signal.SIGHUP, "SIG_IGN") == 0
    assert (tmp_path / "out").read_text() == "half"
