import errno
from pathlib import Path

import pytest

from radbank.errors import RadbankError
from radbank.home import bank_place, cache, home, secret_key


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_key_is_drawn_once_and_for_the_user_alone(folder):
    key = secret_key()
    assert secret_key() == key
    assert len(key) == 32
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0


def test_a_key_that_others_can_read_is_refused(folder):
    secret_key()
    (folder / "pseudonyms.key").chmod(0o644)
    with pytest.raises(RadbankError, match=r"can be read by others.*chmod 600 .*pseudonyms\.key"):
        secret_key()


def test_a_drive_without_hard_links_keeps_a_key_too(folder, monkeypatch):
    def no_links(self, target):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    key = secret_key()
    assert secret_key() == key
    assert [file.name for file in folder.iterdir()] == ["pseudonyms.key"]


def test_two_homes_have_two_keys(folder, monkeypatch, tmp_path):
    first = secret_key()
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path / "other"))
    assert secret_key() != first


@pytest.mark.parametrize("content", ["", "not hexadecimal", "abcd"])
def test_a_damaged_key_is_not_replaced_in_silence(folder, content):
    folder.mkdir()
    (folder / "pseudonyms.key").write_text(content)
    with pytest.raises(RadbankError, match="key"):
        secret_key()


def test_a_home_that_cannot_be_written(folder):
    folder.write_text("a file where the folder should be")
    with pytest.raises(RadbankError, match="RADBANK_HOME"):
        secret_key()


def test_where_home_is(monkeypatch, tmp_path):
    monkeypatch.setenv("RADBANK_HOME", "relative/folder")
    with pytest.raises(RadbankError, match="absolute"):
        home()
    monkeypatch.delenv("RADBANK_HOME")
    assert home().is_absolute()


def test_where_the_bank_is(monkeypatch, tmp_path):
    monkeypatch.delenv("RADBANK_BANK", raising=False)
    monkeypatch.setenv("RADBANK_HOME", str(tmp_path))
    assert cache() == tmp_path
    assert bank_place() == str(tmp_path / "bank")
    monkeypatch.delenv("RADBANK_HOME")
    assert bank_place() == str(cache() / "bank")
    assert cache().is_absolute()
    for place in (str(tmp_path / "shared"), "s3://bucket/bank"):
        monkeypatch.setenv("RADBANK_BANK", place)
        assert bank_place() == place
    monkeypatch.setenv("RADBANK_BANK", "bank")
    with pytest.raises(RadbankError, match=r"RADBANK_BANK is 'bank': .* absolute path"):
        bank_place()
