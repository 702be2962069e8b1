import hashlib
import io
import pickle
from dataclasses import replace
from pathlib import Path

import huggingface_hub
import pytest
import safetensors.torch
import timm
import torch
from torchvision.models import get_model

from features import weights_files
from features.backbones import load
from features.families.family import find_recipe
from features.weights import load_state, locate, resolve
from features.weights_files import HuggingFaceFile, PackageFile, TorchHubFile, hash_in_name
from features.weights_info import PRETRAINED, WeightsChoice
from radbank.errors import RadbankError
from radbank.files import sha256_file

CONTENT = b"the weights"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
NAME = f"net-{SHA256[:8]}.pth"


def find(file, weights=PRETRAINED):
    path, sha256, _ = resolve("net", file, WeightsChoice.parse(str(weights)))
    return path, sha256


def verified(file, weights=PRETRAINED):
    return resolve("net", file, WeightsChoice.parse(str(weights)))[2]


def place(folder, content=CONTENT, name=NAME):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


@pytest.fixture
def hub(tmp_path):
    return tmp_path / "hub" / "checkpoints"


@pytest.fixture
def file():
    return TorchHubFile.at(f"https://example.org/models/{NAME}")


@pytest.fixture
def served(monkeypatch):
    """Serve the content at any address, and return the addresses asked for."""
    asked = []

    def urlopen(address, timeout):
        asked.append(address)
        return io.BytesIO(served.content)

    served.content = CONTENT
    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    return asked


def test_the_order_of_places(tmp_path, monkeypatch, file, hub, served):
    downloaded, sha256 = find(file)
    assert (downloaded, sha256) == (hub / NAME, SHA256)
    assert served == [f"https://example.org/models/{NAME}"]
    assert [path.name for path in hub.iterdir()] == [NAME]
    assert locate(file) == ("hub cache", hub / NAME)

    own = place(tmp_path / "own")
    monkeypatch.setenv("RADBANK_WEIGHTS", str(own.parent))
    assert find(file)[0] == own
    assert locate(file) == ("RADBANK_WEIGHTS folder", own)

    given = place(tmp_path / "given", b"anything", "mine.pth")
    path, sha256 = find(file, given)
    assert (path, sha256) == (given, hashlib.sha256(b"anything").hexdigest())
    assert len(served) == 1


def test_the_package_comes_after_the_cache(hub, monkeypatch, tmp_path):
    packaged = place(tmp_path / "package")
    monkeypatch.setattr(PackageFile, "packaged", lambda self: packaged)
    file = PackageFile(NAME, SHA256, "no_such_module", "Finder")
    assert locate(file) == ("package", packaged)
    cached = place(hub)
    assert locate(file) == ("hub cache", cached)


def test_a_package_that_is_not_installed_is_no_place():
    assert PackageFile(NAME, SHA256, "no_such_module", "Finder").packaged() is None


@pytest.mark.parametrize("where", ["own", "hub", "given"])
def test_a_file_with_a_wrong_checksum_is_never_used(tmp_path, monkeypatch, file, hub, where):
    folder = {"hub": hub}.get(where, tmp_path / where)
    path = place(folder, b"torn")
    if where == "own":
        monkeypatch.setenv("RADBANK_WEIGHTS", str(folder))
    actual = hashlib.sha256(b"torn").hexdigest()
    with pytest.raises(RadbankError, match=rf"{actual}, expected starting with {SHA256[:8]}"):
        find(file, path if where == "given" else PRETRAINED)


def test_a_download_with_a_wrong_checksum_leaves_nothing(file, hub, monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda address, timeout: io.BytesIO(b"<html>"))
    with pytest.raises(RadbankError, match="expected starting with"):
        find(file)
    assert list(hub.iterdir()) == []


def test_the_error_of_a_machine_without_network(tmp_path, monkeypatch):
    monkeypatch.setenv("RADBANK_WEIGHTS", str(tmp_path))
    with pytest.raises(RadbankError) as error:
        load("inception_v3")
    message = str(error.value)
    for part in (
        "inception_v3_google-0cc3c7bd.pth",
        "sha256 starting with 0cc3c7bd",
        f"RADBANK_WEIGHTS ({tmp_path})",
        str(tmp_path / "hub" / "checkpoints"),
        "https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth",
        "no network in tests",
        "-S weights=random",
        "-S backbone=efficientnet_lite0",
    ):
        assert part in message
    assert "\n" not in message


def test_timm_says_the_same(tmp_path):
    with pytest.raises(RadbankError) as error:
        load("timm:test_vit.r160_in1k")
    message = str(error.value)
    assert "test_vit.r160_in1k.safetensors" in message
    assert "https://huggingface.co/timm/test_vit.r160_in1k/" in message
    assert str(tmp_path / "hugging") in message
    assert "into that cache" not in message


def test_radbank_weights_must_be_a_folder(monkeypatch, file):
    monkeypatch.setenv("RADBANK_WEIGHTS", "/no/such/folder")
    with pytest.raises(RadbankError, match="/no/such/folder', which is not a folder"):
        find(file)


def test_a_given_path_that_is_not_there(file, tmp_path):
    with pytest.raises(RadbankError, match="there is no such file"):
        find(file, tmp_path / "none.pth")


def test_a_pinned_file_in_the_folder_is_loaded(tmp_path, monkeypatch):
    """The whole way, with the checksum of a file written here as the pinned one."""
    torch.manual_seed(0)
    path = place(tmp_path / "own", b"", "squeezenet1_1-b8a52dc0.pth")
    torch.save(get_model("squeezenet1_1").state_dict(), path)
    sha256 = weights_files.sha256_file(path)
    monkeypatch.setattr(weights_files, "hash_in_name", lambda name: sha256[:8])
    monkeypatch.setenv("RADBANK_WEIGHTS", str(path.parent))
    weights = load("squeezenet1_1").weights
    assert weights.sha256 == sha256
    assert weights.name == "SqueezeNet1_1_Weights.IMAGENET1K_V1 (not verified)"
    assert not weights.random


def hugging_face(tmp_path, content=CONTENT, blob=SHA256):
    """Lay a file into a cache of the Hugging Face hub as its client does."""
    repository = tmp_path / "hugging" / "models--timm--net.tag"
    snapshot = repository / "snapshots" / "abc"
    path = place(repository / "blobs", content, blob)
    snapshot.mkdir(parents=True)
    (snapshot / "model.safetensors").symlink_to(path)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    return snapshot / "model.safetensors"


@pytest.fixture
def on_hugging_face(tmp_path, monkeypatch):
    """Return a file on the hub whose cache lies in tmp_path."""
    look_up = huggingface_hub.try_to_load_from_cache
    monkeypatch.setattr(
        "huggingface_hub.try_to_load_from_cache",
        lambda repository, file: look_up(repository, file, cache_dir=tmp_path / "hugging"),
    )
    return HuggingFaceFile("net.tag.safetensors", "", "timm/net.tag", "model.safetensors")


def test_the_cache_of_hugging_face_is_checked_by_the_blobs_name(tmp_path, on_hugging_face):
    assert locate(on_hugging_face) is None
    path = hugging_face(tmp_path)
    assert find(on_hugging_face) == (path, SHA256)
    path.resolve().write_bytes(b"torn")
    with pytest.raises(RadbankError, match=rf"is damaged.*expected {SHA256}"):
        find(on_hugging_face)


@pytest.mark.parametrize("pinned", [SHA256, "0" * 64])
def test_a_download_from_hugging_face_is_checked(tmp_path, monkeypatch, on_hugging_face, pinned):
    answer = (
        f'{{"sha": "abc", "siblings": [{{"rfilename": "README.md"}}, '
        f'{{"rfilename": "model.safetensors", "lfs": {{"sha256": "{pinned}"}}}}]}}'
    )
    monkeypatch.setattr(
        "urllib.request.urlopen", lambda address, timeout: io.BytesIO(answer.encode())
    )

    def download(repository, file, *, revision, etag_timeout):
        assert (repository, file, revision) == ("timm/net.tag", "model.safetensors", "abc")
        return str(hugging_face(tmp_path))

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    if pinned == SHA256:
        assert find(on_hugging_face)[1] == SHA256
    else:
        with pytest.raises(RadbankError, match="is damaged"):
            find(on_hugging_face)


class Evil:
    def __reduce__(self):
        return Path.touch, (Path("executed"),)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("torn.pth", b"PK\x03\x04 torn"),
        ("empty.pth", b""),
        ("page.pth", b"<html>"),
        ("evil.pth", pickle.dumps(Evil(), protocol=2)),
        ("torn.safetensors", b"\x00" * 20),
    ],
)
def test_what_is_no_state_dict_is_refused_and_not_run(tmp_path, monkeypatch, name, content):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RadbankError, match="not a file of weights"):
        load_state(place(tmp_path, content, name))
    assert not Path("executed").exists()


def test_a_checkpoint_with_more_than_tensors_is_refused(tmp_path):
    torch.save({"epoch": 3, "model": {}}, tmp_path / "checkpoint.pth")
    with pytest.raises(RadbankError, match="something else than tensors"):
        load_state(tmp_path / "checkpoint.pth")


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("inception_v3_google-0cc3c7bd.pth", "0cc3c7bd"),
        ("mnasnet0.5_top1_67.823-3ffadce67e.pth", "3ffadce67e"),
        ("resnet50.pth", ""),
        ("my-resnet.pth", ""),
    ],
)
def test_the_checksum_in_a_name(name, digits):
    assert hash_in_name(name) == digits


def test_a_file_is_verified_by_a_full_checksum_only(tmp_path, monkeypatch, file):
    monkeypatch.setenv("RADBANK_WEIGHTS", str(tmp_path))
    place(tmp_path)
    place(tmp_path, name="mine.pth")
    assert not verified(file)  # its name pins 32 bits
    assert verified(replace(file, checksum=SHA256))
    assert verified(file, f"imagenet@sha256:{SHA256}")
    assert not verified(replace(file, checksum=SHA256), tmp_path / "mine.pth")
    assert verified(file, f"{tmp_path / 'mine.pth'}@sha256:{SHA256}")


def test_another_file_than_the_one_pinned_is_refused(tmp_path, monkeypatch, file):
    monkeypatch.setenv("RADBANK_WEIGHTS", str(tmp_path))
    place(tmp_path)
    with pytest.raises(RadbankError, match=f"is not the file .* is {SHA256}, and not 0{{64}}"):
        find(file, f"imagenet@sha256:{'0' * 64}")


@pytest.mark.parametrize("weights", ["imagenet@sha256:abc", f"random@sha256:{SHA256}"])
def test_a_wrong_pin_is_refused(weights):
    with pytest.raises(RadbankError, match="64 digits that `sha256sum` prints"):
        WeightsChoice.parse(weights)


def test_random_numbers_under_a_name_of_timm_are_not_called_verified(tmp_path, monkeypatch):
    name = "timm:test_vit.r160_in1k"
    path = tmp_path / find_recipe(name).weights_file.name
    safetensors.torch.save_file(timm.create_model("test_vit").state_dict(), path)
    monkeypatch.setenv("RADBANK_WEIGHTS", str(tmp_path))
    assert load(name).weights.name == "test_vit.r160_in1k (not verified)"
    pinned = load(name, weights=f"imagenet@sha256:{sha256_file(path)}")
    assert pinned.weights.name == "test_vit.r160_in1k"
