from contextlib import nullcontext

import pytest

from pipeline.health.weights import check_chosen_weights, check_other_weights


@pytest.fixture(autouse=True)
def no_weights_here(tmp_path, monkeypatch):
    monkeypatch.delenv("RADBANK_WEIGHTS", raising=False)
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "hub"))


def answer(monkeypatch, error=None):
    def urlopen(request, timeout):
        assert request.get_method() == "HEAD"
        if error:
            raise error
        return nullcontext()

    monkeypatch.setattr("urllib.request.urlopen", urlopen)


def test_packaged_weights_are_found():
    check = check_chosen_weights("efficientnet_lite0", "imagenet")
    assert check.status == "ok"
    assert "in the package" in check.finding


def test_weights_that_can_be_downloaded_are_no_failure(monkeypatch):
    answer(monkeypatch)
    check = check_chosen_weights("resnet50", "imagenet")
    assert check.status == "ok"
    assert "will be downloaded from https://" in check.finding


def test_weights_out_of_reach_fail_with_a_way_out(monkeypatch):
    answer(monkeypatch, OSError("no route"))
    check = check_chosen_weights("resnet50", "imagenet")
    assert check.status == "fail"
    for part in ("resnet50-", "sha256", "no route", "RADBANK_WEIGHTS", "efficientnet_lite0"):
        assert part in check.finding


def test_random_weights_warn():
    assert check_chosen_weights("resnet50", "random").status == "warn"


def test_a_path_must_be_there(tmp_path):
    path = tmp_path / "mine.pth"
    assert check_chosen_weights("resnet50", str(path)).status == "fail"
    path.touch()
    found = check_chosen_weights("resnet50", str(path))
    assert found.status == "warn"
    assert "outputs call it not verified: add @sha256:" in found.finding
    assert check_chosen_weights("resnet50", f"{path}@sha256:{'0' * 64}").status == "ok"


def test_an_unknown_backbone_fails():
    check = check_chosen_weights("resnet5", "imagenet")
    assert check.status == "fail"
    assert "There is no backbone 'resnet5'" in check.finding


def test_the_others_are_looked_for_without_the_network(monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", None)
    found, missing = check_other_weights("vgg19")
    assert (found.status, missing.status) == ("ok", "warn")
    assert "resnet50" in missing.finding
    assert "vgg19" not in missing.finding


def test_a_weights_folder_that_is_none_fails(monkeypatch):
    monkeypatch.setenv("RADBANK_WEIGHTS", "/nowhere/at/all")
    (check,) = check_other_weights("vgg19")
    assert check.status == "fail"
