"""The fingerprint changes with all that ingest and prepare can see, and with nothing else."""

import os
import shutil
from pathlib import Path

import pytest

from pipeline.ingestion import fingerprint as module
from pipeline.ingestion import index
from pipeline.ingestion.fingerprint import fingerprint
from radbank.errors import RadbankError


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a data set with a linked class folder, a linked image and a table."""
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path / "home"))
    for path in ("elsewhere/a.png", "elsewhere/b.png", "root/ill/c.png", "root/ill/e.png", "blob"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(path.encode())
    root = tmp_path / "root"
    (root / "labels.csv").write_text("id,label\n")
    (root / "well").symlink_to("../elsewhere")
    (root / "ill/d.png").symlink_to("../../blob")
    (root / "again.png").symlink_to("ill/c.png")
    return root


def settled(monkeypatch):
    """Let every file have changed long ago."""
    now = index.time.time_ns
    monkeypatch.setattr(index.time, "time_ns", lambda: now() + 2 * index.SETTLED)


def turn(link, target):
    link.unlink()
    link.symlink_to(target)


CHANGES = {
    "a byte": lambda root: (root / "ill/c.png").write_bytes(b"root/ill/C.png"),
    "a byte behind a linked folder": lambda root: (root / "well/a.png").write_bytes(b"A"),
    "a byte behind a linked file": lambda root: (root / "ill/d.png").write_bytes(b"A"),
    "a byte of a table": lambda root: (root / "labels.csv").write_text("id,LABEL\n"),
    "an image less behind a link": lambda root: (root / "well/b.png").unlink(),
    "an image more behind a link": lambda root: (root / "well/z.png").write_bytes(b"z"),
    "another name": lambda root: (root / "ill/c.png").rename(root / "ill/C.png"),
    "contents exchanged": lambda root: (
        (root / "ill/c.png").write_bytes(b"root/ill/e.png"),
        (root / "ill/e.png").write_bytes(b"root/ill/c.png"),
    ),
    "a link to another listed file": lambda root: turn(root / "again.png", "ill/e.png"),
    "a link to nothing": lambda root: turn(root / "ill/d.png", "nowhere"),
    "a pipe": lambda root: os.mkfifo(root / "ill/pipe"),
    "a name that is no UTF-8": lambda root: Path(
        os.fsdecode(os.fsencode(root) + b"/r\xf6")
    ).touch(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_ingest_sees_changes_it(root, change):
    before = fingerprint(root)
    assert fingerprint(root) == before
    change(root)
    assert fingerprint(root)["sha256"] != before["sha256"]


def test_where_the_data_lie_links_times_and_hidden_files_do_not_change_it(root, tmp_path):
    before = fingerprint(root)
    (root / ".git").mkdir()
    (root / ".git/index").write_bytes(b"x")
    (root / "ill/._c.png").write_bytes(b"x")
    os.utime(root / "ill/c.png", ns=(0, 0))
    assert fingerprint(root) == before
    (tmp_path / "another").mkdir()
    copy = tmp_path / "another/copy"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("again.png"))
    (copy / "again.png").symlink_to("ill/c.png")
    assert fingerprint(copy) == before == {"files": 6, "sha256": before["sha256"]}


def test_a_table_of_patients_elsewhere_counts(root, tmp_path):
    table = tmp_path / "patients.csv"
    told = []
    for content in ("id,group\na,1\n", "id,group\na,2\n"):
        table.write_text(content)
        told.append(fingerprint(root, [table])["sha256"])
    assert len({*told, fingerprint(root)["sha256"]}) == 3
    table.unlink()
    assert fingerprint(root, [table])["sha256"] not in told
    os.mkfifo(table)
    assert fingerprint(root, [table])["sha256"] not in told


def test_only_new_and_changed_files_are_read_again(root, monkeypatch, capsys):
    settled(monkeypatch)
    read = []
    whole = module.sha256_file
    monkeypatch.setattr(module, "sha256_file", lambda path: read.append(path.name) or whole(path))
    before = fingerprint(root)
    assert sorted(read) == ["a.png", "b.png", "c.png", "d.png", "e.png", "labels.csv"]
    read.clear()
    assert fingerprint(root) == before
    assert read == []
    (root / "well/b.png").write_bytes(b"changed")
    fingerprint(root)
    assert read == ["b.png"]
    assert capsys.readouterr().out.splitlines()[1:] == [
        "6 files, 0 of them new or changed",
        "6 files, 1 of them new or changed",
    ]


def test_a_file_that_cannot_be_read_is_tried_again(root, monkeypatch):
    settled(monkeypatch)
    before = fingerprint(root)
    (root / "ill/c.png").write_bytes(b"root/ill/c.png")
    with monkeypatch.context() as closed:
        whole = module.sha256_file

        def refuse(path):
            if path.name == "c.png":
                raise PermissionError(path)
            return whole(path)

        closed.setattr(module, "sha256_file", refuse)
        assert fingerprint(root)["sha256"] != before["sha256"]
    assert fingerprint(root) == before


def test_a_root_that_is_none_is_refused(tmp_path):
    with pytest.raises(RadbankError, match=r"data\.root is .*nowhere, which is no folder"):
        fingerprint(tmp_path / "nowhere")
