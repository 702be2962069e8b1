import numpy as np
import pytest
import torch

from pipeline.finetuning.loop import fine_tune
from pipeline.finetuning.network import build_network
from radbank.errors import RadbankError


def test_it_learns(network, split, settings):
    settings = settings.model_copy(update={"epochs": 6})
    epochs = list(fine_tune(network, *split, settings=settings, seed=3))
    assert [epoch.number for epoch in epochs] == [1, 2, 3, 4, 5, 6]
    assert epochs[-1].loss < epochs[0].loss
    assert epochs[-1].validation_auc > 0.9
    assert epochs[-1].learning_rate == pytest.approx(0.002)
    assert epochs[-1].validation_probabilities.shape == (15, 2)


def test_all_of_the_network_is_trained(network, split, settings):
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    list(fine_tune(network, *split, settings=settings, seed=3))
    assert all(not torch.equal(value, before[name]) for name, value in network.named_parameters())


def test_the_seed_decides_everything(backbone, split, settings):
    start = {name: value.clone() for name, value in backbone.module.state_dict().items()}

    def trained(seed, disturbance):
        torch.manual_seed(disturbance)
        backbone.module.load_state_dict(start)
        network = build_network(backbone, n_classes=2, image_size=None, seed=1)
        losses = [
            (epoch.loss, epoch.validation_loss)
            for epoch in fine_tune(network, *split, settings=settings, seed=seed)
        ]
        return losses, network.classify.weight.detach().clone()

    (first, weight), (again, same) = trained(3, 0), trained(3, 1)
    assert first == again
    assert torch.equal(weight, same)
    assert trained(4, 0)[0] != first


def test_the_global_generator_is_left_alone(network, split, settings):
    torch.manual_seed(7)
    before = torch.get_rng_state()
    list(fine_tune(network, *split, settings=settings, seed=3))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_divergence_is_one_sentence(network, split, settings):
    settings = settings.model_copy(update={"learning_rate": 1e30, "final_learning_rate": 1e30})
    with pytest.raises(RadbankError, match=r"diverged .* lower finetune.learning_rate"):
        list(fine_tune(network, *split, settings=settings, seed=3))


def test_l2_is_in_the_gradient(network, split, settings):
    """A heavy penalty alone shrinks the weights."""
    settings = settings.model_copy(update={"weight_decay": 1e3, "epochs": 2})
    before = network.classify.weight.abs().sum().item()
    list(fine_tune(network, *split, settings=settings, seed=3))
    assert network.classify.weight.abs().sum().item() < before
    assert np.isfinite(before)
