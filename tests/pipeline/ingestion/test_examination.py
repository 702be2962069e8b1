import os

import numpy as np
import pytest
from PIL import Image as Pillow

from pipeline.imaging.examine import Facts, examine
from pipeline.ingestion import examination, index
from pipeline.ingestion.examination import examine_files


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Return a folder of three old files, one of them broken, and the list of those examined."""
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path / "home"))
    root = tmp_path / "doe"
    root.mkdir()
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        Pillow.fromarray(rng.integers(0, 256, (20, 30), np.uint8)).save(root / f"{name}.png")
    (root / "c.png").write_bytes(b"")
    now = index.time.time_ns
    monkeypatch.setattr(index.time, "time_ns", lambda: now() + 2 * index.SETTLED)
    seen = []

    def watched(path, *, frame):
        seen.append(path.name)
        return examine(path, frame=frame)

    monkeypatch.setattr(examination, "examine", watched)
    return root, seen


def look(root, frame=None):
    paths = ["a.png", "b.png", "c.png"]
    return [
        outcome if isinstance(outcome, Facts) else str(outcome)
        for outcome in examine_files(root, paths, frame=frame, scheduler=None)
    ]


def test_unchanged_files_are_not_opened_again(files, capsys):
    root, seen = files
    first = look(root)
    assert sorted(seen) == ["a.png", "b.png", "c.png"]
    seen.clear()
    assert look(root) == first
    assert seen == []
    assert "3 of 3 files are unchanged" in capsys.readouterr().out


def test_what_changed_is_opened_again(files):
    root, seen = files
    first = look(root)
    seen.clear()
    (root / "a.png").write_bytes((root / "b.png").read_bytes())
    second = look(root)
    assert seen == ["a.png"]
    assert second[0].sha256 == second[1].sha256 == first[1].sha256
    seen.clear()
    look(root, frame=2)
    assert len(seen) == 3


def test_a_change_that_keeps_size_and_time_is_opened_again(files):
    root, seen = files
    look(root)
    seen.clear()
    path = root / "a.png"
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    look(root)
    assert seen == ["a.png"]


def test_another_version_of_the_code_looks_anew(files, monkeypatch):
    root, seen = files
    look(root)
    seen.clear()
    monkeypatch.setattr(examination, "_code", lambda: "another")
    look(root)
    assert len(seen) == 3


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"made_with": 3, "files": 1}'])
def test_a_damaged_index_is_ignored(files, content, tmp_path, capsys):
    root, seen = files
    first = look(root)
    (kept,) = (tmp_path / "home/examined").iterdir()
    kept.write_bytes(content)
    seen.clear()
    assert look(root) == first
    assert len(seen) == 3
    if b"3" not in content:
        assert "index of files is damaged" in capsys.readouterr().err


def test_an_index_names_no_file_and_a_home_that_is_none_stops_nothing(files, tmp_path, monkeypatch):
    root, _ = files
    first = look(root)
    (kept,) = (tmp_path / "home/examined").iterdir()
    for name in ("doe", "a.png", str(tmp_path)):
        assert name not in kept.name + kept.read_text()
    monkeypatch.setenv("RADBANK_HOME", str(kept))
    assert look(root) == first
