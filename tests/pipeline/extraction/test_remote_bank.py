"""The bank at s3://: what other files show of a folder, on a server that speaks S3."""

import argparse

import pytest
from fsspec import filesystem

from pipeline import extract
from pipeline.commands import bank as command
from radbank.errors import RadbankError

N = 12  # embeddings: six images in two views


@pytest.fixture
def remote(prepared, s3, tmp_path, monkeypatch):
    """Return the URL of an empty bank on S3, after a run with a bank in a folder."""
    prepared.write_params(engine="eager", precision="fp32")
    extract.main()
    url = f"{s3}/{tmp_path.name}"
    monkeypatch.setenv("RADBANK_BANK", url)
    return url


def blocks(url):
    return sorted(name for name in filesystem("s3").find(url) if name.endswith(".safetensors"))


def radbank_bank(*arguments):
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    chosen = parser.parse_args(["bank", *arguments])
    chosen.handler(chosen)


def test_cold_warm_and_damaged(prepared, remote, capsys):
    from_folder = prepared.files()
    extract.main()
    assert prepared.counts()[0] == N
    assert prepared.files() == from_folder
    extract.main()
    assert prepared.counts()[0] == 0
    (block,) = blocks(remote)
    bucket = filesystem("s3")
    whole = bucket.cat_file(block)
    bucket.pipe_file(block, whole[:-100])
    extract.main()
    assert "damaged and will be computed again" in capsys.readouterr().err
    assert prepared.counts()[0] == N
    assert prepared.files() == from_folder
    assert bucket.cat_file(block) == whole


def test_list_verify_and_prune(remote, capsys):
    extract.main()
    radbank_bank("verify")
    radbank_bank()
    printed = capsys.readouterr().out
    assert f"The bank is {remote}" in printed
    assert "squeezenet1_1" in printed
    (block,) = blocks(remote)
    filesystem("s3").pipe_file(block, b"torn")
    with pytest.raises(RadbankError):
        radbank_bank("verify")
    radbank_bank("prune", "--to", "0MB")
    assert blocks(remote) == []
