import shutil

import pytest

from features.store.store import open_store
from pipeline import cli, extract
from pipeline.extraction.materialise import materialise
from pipeline.params import load_params
from radbank.errors import RadbankError


def test_a_store_comes_back_from_the_bank_byte_for_byte(prepared, capsys):
    extract.main()
    first = prepared.files()
    shutil.rmtree(prepared.store)
    cli.main(["features", prepared.backbone])
    printed = capsys.readouterr().out
    assert f"{prepared.store} was not here and is now made from the bank" in printed
    assert "6 images, 2 views, 512 features" in printed
    assert prepared.files() == first


def test_another_backbone_than_that_of_params_yaml(prepared):
    extract.main()
    name = prepared.backbone
    prepared.backbone = "squeezenet1_0"
    prepared.write_params()
    cli.features.find(name)
    with open_store(prepared.store) as store:
        assert store.attrs["backbone"] == name


def test_what_the_bank_lacks_is_counted(prepared):
    prepared.write_images([0, 1])
    extract.main()
    shutil.rmtree(prepared.store)
    prepared.write_images(range(6))
    command = rf"`dvc exp run -S backbone={prepared.backbone}` computes them"
    with pytest.raises(RadbankError, match=rf"lacks 8 of the 12 embeddings .*: {command}"):
        materialise(load_params())
    assert not prepared.store.exists()


def test_weights_that_are_not_here_are_not_fetched(prepared, monkeypatch, tmp_path):
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    monkeypatch.delenv("RADBANK_WEIGHTS", raising=False)
    prepared.write_params(weights="imagenet")
    with pytest.raises(RadbankError, match="are not on this machine"):
        materialise(load_params())


def test_a_name_that_is_none_is_refused(prepared):
    with pytest.raises(RadbankError, match="no backbone 'squeezenet': did you mean squeezenet"):
        cli.features.find("squeezenet")
