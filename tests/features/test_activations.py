import hashlib
from dataclasses import replace

import numpy as np
import pytest
import torch

from features.activations import Activations, Trunk, activations_here
from features.backbones import load
from features.bank.bank import Bank
from features.bank.block import SIZE
from features.cut import cut
from features.image_views import ImageView, ImageViews
from features.views import augment
from radbank.errors import RadbankError

SIDE = 64


@pytest.fixture(scope="module")
def backbone():
    found = load("mobilenet_v3_small", weights="random")
    return replace(found, preprocessing=replace(found.preprocessing, input_size=SIDE))


@pytest.fixture
def trunk(backbone):
    return Trunk(
        backbone=backbone,
        parts=cut(backbone, blocks=1),
        engine="eager",
        precision="fp32",
        batch_size=4,
        device=torch.device("cpu"),
    )


@pytest.fixture
def images(pixels):
    hashes = [hashlib.sha256(image.tobytes()).hexdigest() for image in pixels]
    return ImageViews(pixels=pixels, pixel_sha256=hashes, views=2, seed=7)


@pytest.fixture
def bank(tmp_path):
    return Bank(str(tmp_path / "bank"))


SOME = [ImageView(row, view) for row in (7, 2, 3) for view in (0, 2)]


def numbers(rows, positions):
    bits = rows[positions]
    return torch.from_numpy(bits).view(torch.bfloat16)


def test_rows_are_the_trunks_activations_of_the_views_to_half_precision(
    trunk, images, pixels, bank
):
    rows = Activations(trunk, images, SOME, bank).rows()
    assert len(rows) == len(SOME)
    plain, changed = pixels[[7, 2, 3]], augment(pixels[[7, 2, 3]], 2, 7)
    with torch.inference_mode():
        for at, views in ((0, plain), (1, changed)):
            wanted = trunk.parts.trunk(trunk.backbone.preprocessing(views))
            found = numbers(rows, [at, at + 2, at + 4])
            torch.testing.assert_close(found.float(), wanted, rtol=2**-8, atol=1e-6)


def test_what_the_bank_has_is_not_computed_again(trunk, images, bank):
    first = Activations(trunk, images, SOME, bank)
    before = first.rows()[range(len(SOME))]
    again = Activations(trunk, images, [*SOME, ImageView(1, 0)], bank)
    assert again.lacking == [ImageView(1, 0)]
    rows = again.rows()
    assert (first.computed, again.computed) == (len(SOME), 1)
    np.testing.assert_array_equal(rows[range(len(SOME))], before)


def test_another_cut_size_or_weights_share_nothing(trunk, images, bank):
    Activations(trunk, images, SOME, bank).rows()
    backbone = trunk.backbone
    others = [
        replace(trunk, parts=cut(backbone, blocks=2)),
        replace(trunk, backbone=load("mobilenet_v3_small", weights="random", seed=1)),
        replace(
            trunk,
            backbone=replace(
                backbone, preprocessing=replace(backbone.preprocessing, input_size=SIDE + 32)
            ),
        ),
    ]
    for other in others:
        assert len(Activations(other, images, SOME, bank).lacking) == len(SOME)


def test_a_damaged_block_is_computed_again(trunk, images, bank, tmp_path, capfd):
    before = Activations(trunk, images, SOME, bank).rows()[range(len(SOME))]
    (block,) = tmp_path.glob("bank/*/blocks/*.safetensors")
    content = bytearray(block.read_bytes())
    content[-1] ^= 1
    block.write_bytes(content)
    again = Activations(trunk, images, SOME, bank)
    np.testing.assert_array_equal(again.rows()[range(len(SOME))], before)
    assert again.computed == len(SOME)
    assert "damaged and will be computed again" in capfd.readouterr().err


def test_a_block_pruned_while_training_is_one_sentence(trunk, images, bank, tmp_path):
    rows = Activations(trunk, images, SOME, bank).rows()
    for block in tmp_path.glob("bank/*/blocks/*.safetensors"):
        block.unlink()
    with pytest.raises(RadbankError, match="lost activations while a network was trained"):
        rows[[0]]


def test_the_room_needed_is_said_and_refused_where_there_is_none(
    trunk, images, bank, monkeypatch, capsys
):
    monkeypatch.setattr(type(bank.blobs), "free", lambda _: 4000)
    with pytest.raises(RadbankError, match=r"6 activations before features\.11 of mobilenet") as it:
        Activations(trunk, images, SOME, bank).rows()
    assert "3.91 kiB are free" in str(it.value)
    monkeypatch.undo()
    Activations(trunk, images, SOME, bank).rows()
    assert "(96 x 2 x 2) need 4.50 kiB in the bank" in capsys.readouterr().out


def test_large_activations_make_small_blocks(trunk, images, bank, monkeypatch, tmp_path):
    monkeypatch.setattr("features.extraction._BLOCK", 2 * 96 * 4 * 4)
    Activations(trunk, images, SOME, bank).rows()
    assert len(list(tmp_path.glob("bank/*/blocks/*.safetensors"))) == 3 < SIZE


def test_the_network_itself_is_left_as_it_is(trunk, images, bank):
    module = trunk.backbone.module
    before = {name: value.clone() for name, value in module.state_dict().items()}
    Activations(trunk, images, SOME, bank).rows()
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name])
        assert value.stride() == before[name].stride()


def test_precision_auto_falls_back_where_fidelity_is_low(trunk, images, bank, monkeypatch):
    monkeypatch.setattr("features.engines.choice._precision", lambda _: ("bf16", "as a test"))
    free = replace(trunk, precision="auto")
    assert activations_here(free, images, SOME, bank).computation.precision == "bf16"
    monkeypatch.setattr(Activations, "fidelity", 0.9)
    assert activations_here(free, images, SOME, bank).computation.precision == "fp32"
    asked = activations_here(replace(trunk, precision="bf16"), images, SOME, bank)
    with pytest.raises(RadbankError, match=r"mean cosine of 0\.900000"):
        asked.rows()
