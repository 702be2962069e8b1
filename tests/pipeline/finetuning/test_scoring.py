import numpy as np

from pipeline.finetuning.scoring import BATCH, probabilities


def test_an_image_scores_the_same_whatever_its_neighbours(network, images):
    pixels = images[:]
    together = np.concatenate(list(probabilities(network, pixels)))
    alone = np.concatenate([*probabilities(network, pixels[21:22])])
    backwards = np.concatenate(list(probabilities(network, pixels[::-1])))
    assert together.shape == (40, 2)
    assert together.dtype == np.float64
    np.testing.assert_allclose(alone[0], together[21], rtol=1e-6)
    np.testing.assert_allclose(backwards[::-1], together, rtol=1e-6)


def test_scores_come_a_batch_at_a_time(network, images):
    assert [len(batch) for batch in probabilities(network, images)] == [BATCH, BATCH, 8]


def test_nothing_learns_from_scoring(network, images):
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    list(probabilities(network, images))
    assert not network.training
    assert all((value == before[name]).all() for name, value in network.state_dict().items())
