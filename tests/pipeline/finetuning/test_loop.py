import numpy as np
import pytest
import torch

from radbank.errors import RadbankError
from tests.pipeline.finetuning.conftest import everything, recipe


def trained(training):
    """Train to the end; return the epochs."""
    list(training.run())
    return training.history


@pytest.mark.parametrize("kind", [recipe, everything])
def test_it_learns(start, kind):
    training = start(kind(epochs=8))
    epochs = trained(training)
    assert [epoch.number for epoch in epochs] == list(range(1, 9))
    assert epochs[-1].loss < epochs[0].loss
    assert training.best.epoch.validation_auc > 0.9
    assert epochs[-1].learning_rate == pytest.approx(training.recipe.final_learning_rate)
    assert epochs[-1].validation_probabilities.shape == (15, 2)
    assert training.finished
    assert training.step == training.steps == 8 * 3


@pytest.mark.parametrize("kind", [recipe, everything])
def test_all_of_the_network_is_trained(network, start, kind):
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    trained(start(kind()))
    assert all(not torch.equal(value, before[name]) for name, value in network.named_parameters())


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("prefetched", [False, True])
def test_the_seed_decides_everything(network, start, precision, prefetched, monkeypatch):
    def outcome(seed, disturbance):
        torch.manual_seed(disturbance)
        training = start(recipe(), seed, precision=precision)
        losses = [(each.loss, each.validation_loss) for each in trained(training)]
        return losses, network.classify.weight.detach().clone()

    first, weight = outcome(3, 0)
    if prefetched:  # as on a GPU
        monkeypatch.setattr("pipeline.finetuning.prepared.in_another_thread", lambda _: True)
    again, same = outcome(3, 1)
    assert first == again
    assert torch.equal(weight, same)
    assert outcome(4, 0)[0] != first


@pytest.mark.parametrize("kind", [recipe, everything])
def test_bf16_learns_what_fp32_learns(start, kind):
    curves = [
        [each.validation_loss for each in trained(start(kind(), precision=precision))]
        for precision in ("fp32", "bf16")
    ]
    assert curves[0] != curves[1]
    np.testing.assert_allclose(curves[0], curves[1], rtol=0.03)


def test_the_global_generator_is_left_alone(start):
    torch.manual_seed(7)
    before = torch.get_rng_state()
    trained(start(recipe()))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_divergence_is_one_sentence(start):
    wild = recipe(learning_rate=1e30, final_learning_rate=1e30)
    with pytest.raises(RadbankError, match=r"diverged .* lower the learning_rate of the arm"):
        trained(start(wild))


def test_l2_is_in_the_gradient_of_adam(network, start):
    """A heavy penalty alone shrinks the weights."""
    training = start(recipe(weight_decay=1e3, epochs=2))
    before = network.classify.weight.abs().sum().item()
    trained(training)
    assert network.classify.weight.abs().sum().item() < before
    assert np.isfinite(before)


@pytest.mark.parametrize(("batch_norm", "stays"), [("frozen", True), ("train", False)])
def test_statistics_of_batch_normalisation(network, start, batch_norm, stays):
    training = start(recipe(batch_norm=batch_norm))
    before = {name: value.clone() for name, value in network.named_buffers()}
    trained(training)
    assert all(torch.equal(value, before[name]) for name, value in network.named_buffers()) == stays


def test_the_average_of_the_weights_is_what_is_validated_and_kept(network, start):
    training = start(everything(ema_decay=0.99, patience=None))
    trained(training)
    kept = training.best.state["classify.weight"]
    assert not torch.equal(kept, network.classify.weight.detach())
    network.load_state_dict(training.best.state)
    scores = training._validation.scores(network)
    np.testing.assert_array_equal(scores, training.best.epoch.validation_probabilities)


def test_a_clipped_gradient_moves_the_weights_no_further(network, start, monkeypatch):
    norms = []
    clip = torch.nn.utils.clip_grad_norm_

    def recorded(parameters, max_norm):
        parameters = list(parameters)
        clip(parameters, max_norm)
        norms.append(torch.linalg.vector_norm(torch.cat([p.grad.flatten() for p in parameters])))

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", recorded)
    trained(start(everything(max_norm=0.01)))
    assert len(norms) == 9
    assert max(norms) <= 0.01 * (1 + 1e-5)


def test_patience_ends_the_training(start):
    # a rate of nearly nothing: the first epoch stays the best, or its equal
    still = everything(epochs=20, learning_rate=1e-12, warmup_from=1e-12, patience=2)
    training = start(still)
    epochs = trained(training)
    assert training.finished
    assert len(epochs) == training.best.epoch.number + 2 < 20


@pytest.mark.parametrize(("every", "allowed"), [(1, {1, 2, 3, 4, 5}), (2, {2, 4, 5}), (10, {5})])
def test_only_some_epochs_can_be_kept_and_the_last_always(start, every, allowed):
    training = start(recipe(epochs=5, keep_every=every))
    epochs = trained(training)
    best = max((epoch for epoch in epochs if epoch.number in allowed), key=lambda e: e.rank("auc"))
    assert training.best.epoch.number == best.number


def test_class_weights_change_the_training_and_the_judgement(start):
    plain, weighted = (
        trained(start(recipe(), weight_of=weights)) for weights in [(1, 1), (0.2, 1.8)]
    )
    assert plain[0].loss != weighted[0].loss
    # the positive class weighs more, so its probability rises
    assert (
        weighted[-1].validation_probabilities[:, 1].mean()
        > plain[-1].validation_probabilities[:, 1].mean()
    )
