import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from radbank.files import atomic_path, read_json, sha256_file, write_json, write_text


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_file_appears_whole_and_alone(tmp_path):
    with atomic_path(tmp_path / "deep" / "a.txt") as temporary:
        temporary.write_text("new")
        assert not (tmp_path / "deep" / "a.txt").exists()
    assert (tmp_path / "deep" / "a.txt").read_text() == "new"
    assert names(tmp_path / "deep") == {"a.txt"}


def test_a_folder_replaces_the_former_one(tmp_path):
    target = tmp_path / "model"
    for content in ("old", "new"):
        with atomic_path(target) as temporary:
            temporary.mkdir()
            (temporary / content).write_text(content)
    assert names(target) == {"new"}
    assert names(tmp_path) == {"model"}


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_failure_keeps_the_former_contents(tmp_path, kind):
    target = tmp_path / "out"
    with atomic_path(target) as temporary:
        temporary.write_text("old")

    def fail_halfway():
        with atomic_path(target) as temporary:
            if kind == "folder":
                temporary.mkdir()
                (temporary / "part").write_text("half")
            else:
                temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail_halfway()
    assert target.read_text() == "old"
    assert names(tmp_path) == {"out"}


def test_a_full_disk_keeps_the_former_contents(tmp_path, monkeypatch):
    write_text(tmp_path / "out", "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_text(tmp_path / "out", "new")
    assert (tmp_path / "out").read_text() == "old"
    assert names(tmp_path) == {"out"}


def test_a_kill_leaves_the_old_or_the_new_contents(tmp_path):
    program = textwrap.dedent(
        """
        import itertools, sys
        from radbank.files import write_text
        for i in itertools.count():
            write_text(sys.argv[1], f"{i} " * 20_000)
            print(i, flush=True)
        """
    )
    target = tmp_path / "out"
    for wanted in ("3", "7", "11"):
        process = subprocess.Popen(
            [sys.executable, "-c", program, target], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == wanted:
                break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        words = target.read_text().split()
        assert len(words) == 20_000
        assert len(set(words)) == 1


WRITER = """
import sys, time
from radbank.files import atomic_path
with atomic_path(sys.argv[1]) as temporary:
    if sys.argv[2] == "folder":
        temporary.mkdir()
        (temporary / "part").write_text("half")
    else:
        temporary.write_text("half")
    print("half", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def writer():
    """Return a function that starts a process and waits until it has written the half."""
    started = []

    def start(target, kind="file"):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, target, kind], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_writer_left_goes_with_the_next_writing(tmp_path, writer, kind):
    target = tmp_path / "out"
    process = writer(target, kind)
    process.kill()
    process.wait()
    assert len(names(tmp_path)) == 2
    write_text(target, "whole")
    assert names(tmp_path) == {"out"}
    assert target.read_text() == "whole"


def test_what_a_living_writer_writes_is_left_alone(tmp_path, writer):
    writer(tmp_path / "out")
    before = names(tmp_path)
    write_text(tmp_path / "out", "whole")
    write_text(tmp_path / "out.lock", "of another name")
    assert names(tmp_path) == {"out", "out.lock"} | before


def test_contents_that_a_killed_writer_moved_aside_come_back(tmp_path):
    former = tmp_path / ".out.0badcafe.former"
    former.mkdir()
    (former / "a").write_text("old")
    (tmp_path / ".out.0badcafe.lock.partial").touch()

    def fails():
        with atomic_path(tmp_path / "out"):
            raise ValueError("no contents")

    with pytest.raises(ValueError, match="no contents"):
        fails()
    assert (tmp_path / "out" / "a").read_text() == "old"
    assert names(tmp_path) == {"out"}


def test_json_round_trip_and_stable_bytes(tmp_path):
    content = {"b": [1, 2.5, None], "a": {"ä": "µm"}}
    write_json(tmp_path / "x.json", content)
    assert read_json(tmp_path / "x.json") == content
    assert list(json.loads((tmp_path / "x.json").read_bytes())) == ["b", "a"]
    assert (tmp_path / "x.json").read_bytes().endswith(b"}\n")


def test_json_refuses_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "x.json", float("nan"))
    assert names(tmp_path) == set()


def test_sha256_known_answer(tmp_path):
    # FIPS 180-4's example message
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256_file(tmp_path / "abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
