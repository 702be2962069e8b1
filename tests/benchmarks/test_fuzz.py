import pytest

from benchmarks import fuzz


class Process:
    def kill(self):
        """Do nothing."""


class Faulty:
    """Answers as a child that fails at every second file."""

    process = Process()

    def __init__(self, folder, seed):
        self.answers = ["read", "!ZeroDivisionError"]

    def ask(self, kind, number, content):
        self.answers.reverse()
        return self.answers[0], 1


def run(capsys, monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["fuzz", *arguments])
    with pytest.raises(SystemExit) as end:
        fuzz.main()
    return end.value.code, capsys.readouterr().out


def test_damaged_files_of_all_kinds_are_read_or_refused(capsys, monkeypatch):
    code, printed = run(capsys, monkeypatch, "--files", "90")
    rows = [line.rsplit(maxsplit=8) for line in printed.splitlines()[1:10]]
    kinds = ["DICOM", "JPEG 2000", "JPEG-LS", "PNG", "JPEG", "TIFF", "model", "HDF5", "bank"]
    assert [row[0].strip() for row in rows] == kinds
    assert all(row[1] == "10" and row[4] == "0" for row in rows)
    assert code == 0


def test_what_is_neither_read_nor_refused_fails_and_is_kept(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(fuzz, "Child", Faulty)
    arguments = ("--only", "PNG", "--files", "4", "--keep", str(tmp_path / "kept"))
    code, printed = run(capsys, monkeypatch, *arguments)
    assert code == 1
    assert printed.count("ZeroDivisionError") == len(list((tmp_path / "kept").iterdir())) == 2


def test_a_child_answers_and_is_replaced_when_it_dies(tmp_path):
    content = b"no image"
    child = fuzz.Child(str(tmp_path), 0)
    assert child.ask("PNG", 0, content)[0] == "refused"
    child.process.kill()
    child.process.join()
    assert child.ask("PNG", 0, content)[0].startswith("!")
    assert child.ask("PNG", 0, content)[0] == "refused"
    child.process.kill()
