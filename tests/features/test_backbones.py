import numpy as np
import pytest
import skimage.data
import torch
from timm import create_model
from torchvision.models import densenet121, get_model, inception_v3

from features import backbones
from features.backbones import describe, load, names, other_names
from features.families import from_torchvision
from features.weights import load_state
from radbank.errors import RadbankError

SEED_STUDY = {"vgg19": 4096, "resnet50": 2048, "densenet121": 1024, "inception_v3": 2048}


@pytest.mark.parametrize(("name", "width"), SEED_STUDY.items())
def test_the_four_of_the_seed_study_run_offline_with_random_weights(name, width, pixels):
    backbone = load(name, weights="random", seed=1)
    assert backbone.weights.random
    assert backbone.weights.name == "random"
    with torch.inference_mode():
        embeddings = backbone.module(backbone.preprocessing(pixels[:2]))
    assert embeddings.shape == (2, width)
    assert backbone.n_features == describe(name).n_features == width
    assert torch.isfinite(embeddings).all()
    assert (embeddings[0] != embeddings[1]).any()


def test_golden_vectors_of_efficientnet_lite0():
    # ImageNet's class 967 is espresso, 285 is Egyptian cat
    golden = {
        "coffee": (967, [0.08416, 0.60873, 1.33274, 0.0, 0.01984, 0.0, 0.13395, 0.16790]),
        "chelsea": (285, [0.14213, 0.01836, 0.0, 0.21271, 1.74729, 0.47943, 0.0, 0.0]),
    }
    backbone = load("efficientnet_lite0")
    packaged = load_state(describe("efficientnet_lite0").weights_file.packaged())
    for photo, (label, first) in golden.items():
        image = getattr(skimage.data, photo)()
        side = min(image.shape[:2])
        top, left = ((length - side) // 2 for length in image.shape[:2])
        square = image[top : top + side, left : left + side].transpose(2, 0, 1)
        with torch.inference_mode():
            embedding = backbone.module(backbone.preprocessing(square[None].copy()))
        logits = embedding @ packaged["_fc.weight"].T + packaged["_fc.bias"]
        assert logits.argmax().item() == label
        np.testing.assert_allclose(embedding[0, :8], first, atol=2e-3)


@pytest.mark.parametrize(
    ("name", "side"), [("efficientnet_lite1", 240), ("efficientnet_lite2", 260)]
)
def test_the_other_packages_load_with_their_pinned_checksums(name, side):
    backbone = load(name)
    assert backbone.preprocessing.input_size == side
    assert backbone.n_features == 1280
    assert not backbone.weights.random
    assert backbone.weights.sha256 == describe(name).weights_file.checksum


def test_random_weights_come_from_the_seed_and_leave_the_global_state(pixels):
    before = torch.get_rng_state()
    first = load("squeezenet1_1", weights="random", seed=1)
    assert (torch.get_rng_state() == before).all()
    assert load("squeezenet1_1", weights="random", seed=1).weights == first.weights
    assert load("squeezenet1_1", weights="random", seed=2).weights.sha256 != first.weights.sha256


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("resnet51", "resnet50"),
        ("efficientnet_lite", "efficientnet_lite0"),
        ("timm:rsnet18", "timm:resnet18"),
        ("timm:resnet18.nowhere", "timm:resnet18"),
        ("???", "try efficientnet_lite0"),
    ],
)
def test_an_unknown_name_is_refused_with_close_ones(name, hint):
    with pytest.raises(RadbankError, match=hint):
        load(name)


@pytest.mark.parametrize("name", ["mobilenet_v3_small", "vit_b_32", "swin_t", "regnet_y_400mf"])
def test_torchvisions_other_models_are_described_without_weights(name):
    described = describe(name)
    classifier = [
        module for module in get_model(name).modules() if isinstance(module, torch.nn.Linear)
    ][-1]
    assert described.n_features == classifier.in_features
    assert name in other_names()
    assert name not in names()


@pytest.mark.parametrize("name", ["test_vit", "deit_tiny_distilled_patch16_224"])
def test_timm_by_prefix(name):
    described = describe(f"timm:{name}")
    assert described.n_features == create_model(name).num_features
    assert described.weights_name.startswith(f"{name}.")


def saved(network, path):
    torch.save(network.state_dict(), path)
    return path


def test_embedding_is_the_input_of_the_classifier(tmp_path, pixels):
    torch.manual_seed(0)
    whole = get_model("mobilenet_v3_small").eval()
    backbone = load("mobilenet_v3_small", weights=str(saved(whole, tmp_path / "mine.pth")))
    assert backbone.weights.name == "mine.pth (not verified)"
    images = backbone.preprocessing(pixels[:2])
    with torch.inference_mode():
        np.testing.assert_allclose(
            whole.classifier[-1](backbone.module(images)), whole(images), rtol=1e-4, atol=1e-6
        )


def test_inception_maps_its_input_and_drops_the_auxiliary_classifier(tmp_path, pixels):
    torch.manual_seed(0)
    whole = inception_v3(aux_logits=True, init_weights=False, transform_input=True).eval()
    backbone = load("inception_v3", weights=str(saved(whole, tmp_path / "mine.pth")))
    images = backbone.preprocessing(pixels[:1])
    with torch.inference_mode():
        np.testing.assert_allclose(
            whole.fc(backbone.module(images)), whole(images), rtol=1e-4, atol=1e-6
        )
    assert backbone.module.train()(images.repeat(2, 1, 1, 1)).shape == (2, 2048)
    branch = backbone.auxiliary
    torch.testing.assert_close(branch.module.conv1.conv.weight, whole.AuxLogits.conv1.conv.weight)
    activations = torch.rand(1, 768, 17, 17)
    with torch.inference_mode():
        torch.testing.assert_close(
            whole.AuxLogits.fc(branch.module(activations)), whole.AuxLogits(activations)
        )


def test_an_auxiliary_branch_that_the_weights_lack_is_drawn_from_the_seed():
    first, again, other = (load("inception_v3", weights="random", seed=s) for s in (1, 1, 2))
    assert first.auxiliary.n_features == 768
    drawn = [each.auxiliary.module.conv0.conv.weight for each in (first, again, other)]
    torch.testing.assert_close(drawn[0], drawn[1], rtol=0, atol=0)
    assert not torch.equal(drawn[0], drawn[2])
    assert load("resnet18", weights="random").auxiliary is None


def test_old_densenet_names_are_understood(tmp_path, pixels):
    torch.manual_seed(0)
    network = densenet121().eval()
    old = {
        key.replace("norm1", "norm.1")
        .replace("norm2", "norm.2")
        .replace("conv1", "conv.1")
        .replace("conv2", "conv.2")
        if "denselayer" in key
        else key: tensor
        for key, tensor in network.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    torch.save(old, tmp_path / "old.pth")
    backbone = load("densenet121", weights=str(tmp_path / "old.pth"))
    images = backbone.preprocessing(pixels[:1])
    with torch.inference_mode():
        np.testing.assert_allclose(
            network.classifier(backbone.module(images)), network(images), rtol=1e-4, atol=1e-6
        )


@pytest.mark.parametrize("name", ["squeezenet1_1", "efficientnet_lite0", "timm:test_vit"])
def test_weights_of_another_network_are_refused(tmp_path, name):
    path = saved(get_model("shufflenet_v2_x0_5"), tmp_path / "other.pth")
    with pytest.raises(RadbankError, match=f"do not fit backbone {name}"):
        load(name, weights=str(path))


def test_a_wrong_shape_is_named(tmp_path):
    state = get_model("squeezenet1_1").state_dict()
    state["features.0.weight"] = torch.zeros(64, 1, 3, 3)
    torch.save(state, tmp_path / "grey.pth")
    with pytest.raises(RadbankError, match=r"features\.0\.weight is \(64, 1, 3, 3\)"):
        load("squeezenet1_1", weights=str(tmp_path / "grey.pth"))


def test_timm_weights_from_a_safetensors_file(tmp_path, pixels):
    from safetensors.torch import save_file

    torch.manual_seed(0)
    network = create_model("test_vit").eval()
    save_file(network.state_dict(), tmp_path / "mine.safetensors")
    backbone = load("timm:test_vit", weights=str(tmp_path / "mine.safetensors"))
    images = backbone.preprocessing(pixels[:1])
    with torch.inference_mode():
        np.testing.assert_allclose(
            network.head(backbone.module(images)), network(images), rtol=1e-4, atol=1e-6
        )


def test_every_torchvision_weights_file_is_pinned_by_its_name():
    for name in (*from_torchvision.FAMILY.listed, *from_torchvision.FAMILY.others()):
        assert len(from_torchvision.TorchvisionRecipe(name).weights_file.checksum) >= 8


def test_the_listed_names_have_no_double():
    assert len(set(names()) | set(other_names())) == len(names()) + len(other_names())
    assert backbones.names()[0] == "efficientnet_lite0"
