import pytest
import torch
from torch import nn

from pipeline.finetuning.optimisers import SHARE, make_optimiser, trained
from tests.pipeline.finetuning.conftest import everything, recipe


@pytest.mark.parametrize("kind", [recipe, everything])
def test_every_parameter_is_in_one_group(network, kind):
    groups = make_optimiser(network, kind()).param_groups
    listed = [id(each) for group in groups for each in group["params"]]
    assert sorted(listed) == sorted(map(id, network.parameters()))


def test_lower_layers_have_lower_rates_and_only_weights_decay(network):
    groups = make_optimiser(network, everything(first_layer_rate=0.01)).param_groups
    share = {id(p): group[SHARE] for group in groups for p in group["params"]}
    decay = {id(p): group["weight_decay"] for group in groups for p in group["params"]}
    convolution, norm = network.embed[0], network.embed[1]
    assert share[id(convolution.weight)] == share[id(convolution.bias)] == pytest.approx(0.01)
    assert share[id(norm.weight)] == pytest.approx(0.1)
    assert share[id(network.classify.weight)] == 1
    undecayed = {id(each) for each in network.parameters() if each.ndim == 1}
    assert {key for key, value in decay.items() if value == 0} == undecayed
    assert {value for key, value in decay.items() if key not in undecayed} == {1e-4}


def test_adam_has_its_penalty_in_the_gradient():
    layer = nn.Linear(2, 1, bias=False)
    (group,) = make_optimiser(layer, recipe(weight_decay=0.5)).param_groups
    assert (group["weight_decay"], group[SHARE]) == (0.5, 1.0)


def test_what_is_frozen_is_left_out(network):
    network.embed[0].weight.requires_grad_(False)
    groups = make_optimiser(network, everything()).param_groups
    assert sum(len(group["params"]) for group in groups) == len(trained(network)) == 5


def test_a_deep_network_has_few_groups():
    deep = nn.Sequential(*(nn.Linear(2, 2) for _ in range(100)))
    groups = make_optimiser(deep, everything(first_layer_rate=0.1)).param_groups
    assert len(groups) == 24
    shares = [group[SHARE] for group in groups]
    assert min(shares) == pytest.approx(0.1)
    assert max(shares) == 1
    assert all(isinstance(p, torch.nn.Parameter) for group in groups for p in group["params"])
