from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from features import backbones
from features.families.auxiliary import AuxiliaryBranch
from pipeline.finetuning.loss import cross_entropy
from pipeline.finetuning.network import build_network, save_weights
from radbank.errors import RadbankError
from tests.pipeline.finetuning.conftest import recipe

WEIGHT = 0.4


@pytest.fixture
def backbone(backbone):
    """Return the tiny backbone with a branch after its convolution."""
    torch.manual_seed(4)
    module = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 6))
    return replace(backbone, auxiliary=AuxiliaryBranch(after="0", module=module, n_features=6))


@pytest.fixture
def network(backbone):
    return build_network(backbone, n_classes=2, image_size=None, seed=1, auxiliary=True)


def trained(training):
    """Train to the end; return the losses and the state that is kept."""
    list(training.run())
    return [epoch.loss for epoch in training.history], training.best.state


def test_its_loss_is_added_with_its_weight(network, start, split):
    images, _ = split
    training = start(recipe(auxiliary_loss=WEIGHT, weight_decay=0.0))
    batch = next(training._prepared)
    state = {name: value.clone() for name, value in network.state_dict().items()}
    found = training._take_step(batch)
    gradients = {name: p.grad.clone() for name, p in network.named_parameters()}

    network.load_state_dict(state)
    network.zero_grad()
    torch.manual_seed(batch.seed)
    labels = images.labels[batch.chosen]
    within = network.embed[0](batch.inputs)
    rest = network.classify(network.embed[1:](within))
    losses = [
        cross_entropy(logits, labels, np.ones(2)) for logits in (rest, network.auxiliary(within))
    ]
    (losses[0] + WEIGHT * losses[1]).backward()
    assert found == pytest.approx(losses[0].item(), abs=1e-6)  # that of the first classifier alone
    for name, parameter in network.named_parameters():
        torch.testing.assert_close(gradients[name], parameter.grad)
    assert gradients["auxiliary.classify.weight"].abs().sum() > 0


def test_it_changes_the_training_and_not_what_is_asked(backbone, network, start, tmp_path):
    losses, state = trained(start(recipe(auxiliary_loss=WEIGHT)))
    assert losses != trained(start(recipe()))[0]
    save_weights(state, tmp_path)
    plain = build_network(backbone, n_classes=2, image_size=None, seed=9)
    assert plain.auxiliary is None
    plain.restore(tmp_path)
    for name, value in plain.state_dict().items():
        assert torch.equal(value, state[name])


def test_its_output_layer_is_drawn_from_the_seed_after_the_first(backbone, network):
    plain = build_network(backbone, n_classes=2, image_size=None, seed=1)
    assert torch.equal(plain.classify.weight, network.classify.weight)
    before = network.auxiliary.classify.weight.detach().clone()
    network.draw_output_layer(2)
    assert not torch.equal(before, network.auxiliary.classify.weight)
    network.draw_output_layer(1)
    assert torch.equal(before, network.auxiliary.classify.weight)


def test_inception_trains_with_it_from_299_pixels_on():
    inception = backbones.load("inception_v3", weights="random", seed=1)
    network = build_network(inception, n_classes=3, image_size=None, seed=1, auxiliary=True)
    logits, auxiliary = network.training_logits(torch.rand(1, 3, 299, 299))
    assert logits.shape == auxiliary.shape == (1, 3)
    with pytest.raises(RadbankError, match=r"with its auxiliary .* images of 128 .* null for its"):
        build_network(inception, n_classes=3, image_size=128, seed=1, auxiliary=True)


def test_a_network_without_one_is_trained_without(split):
    other = backbones.load("timm:test_efficientnet", weights="random")
    assert (
        build_network(other, n_classes=2, image_size=32, seed=1, auxiliary=True).auxiliary is None
    )
