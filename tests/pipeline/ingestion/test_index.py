import os

import pytest

from pipeline.ingestion import index
from pipeline.ingestion.index import FileIndex


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a folder with a file that changed long ago, as far as the clock tells."""
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path / "home"))
    now = index.time.time_ns
    monkeypatch.setattr(index.time, "time_ns", lambda: now() + 2 * index.SETTLED)
    (tmp_path / "root").mkdir()
    (tmp_path / "root/doe.png").write_bytes(b"a picture")
    return tmp_path / "root"


def read(root, made_with="1"):
    return FileIndex.open("kind", root, made_with, encode=str, decode=int)


def test_what_was_found_is_kept(root):
    first = read(root)
    mark = first.mark("doe.png")
    first.add(mark, 7)
    first.save({mark})
    assert read(root).found == {mark: 7}
    assert read(root, "2").found == {}


def test_a_change_that_keeps_size_and_time_gives_another_mark(root):
    path = root / "doe.png"
    before, mark = path.stat(), read(root).mark("doe.png")
    path.write_bytes(b"A picture")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    assert read(root).mark("doe.png") not in {mark, ""}


def test_what_changed_a_moment_ago_or_is_not_there_has_no_mark(root, monkeypatch):
    assert read(root).mark("another.png") == ""
    monkeypatch.undo()
    assert read(root).mark("doe.png") == ""


def test_only_the_files_of_the_last_run_are_kept(root):
    first = read(root)
    first.add("gone", 1)
    first.add("there", 2)
    first.save({"there"})
    assert read(root).found == {"there": 2}


@pytest.mark.parametrize("entry", ['"x"', "null"])
def test_a_damaged_entry_drops_the_index(root, entry, capsys):
    first = read(root)
    first.add("there", 2)
    first.save({"there"})
    first.path.write_text(first.path.read_text().replace('"2"', entry))
    assert read(root).found == {}
    assert "index of files is damaged" in capsys.readouterr().err
