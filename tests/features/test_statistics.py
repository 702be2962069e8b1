import numpy as np
import pytest
import xarray as xr

from features.statistics import describe_embeddings, nearest
from radbank.errors import RadbankError


@pytest.fixture
def store():
    plain = np.array([[3, 4, 0], [6, 8, 0], [0, 5, 0], [-3, -4, 0]], np.float32)
    augmented = np.full_like(plain, 99)
    return xr.Dataset(
        {"embedding": (("image", "view", "feature"), np.stack([plain, augmented], axis=1))},
        coords={"id": ("image", list("abcd"))},
    )


def test_figures_of_the_plain_view(store):
    figures = describe_embeddings(store)
    assert (figures.norm_min, figures.norm_median, figures.norm_max) == (5, 5, 10)
    assert (figures.dead, figures.n_features) == (1, 3)


def test_neighbours_by_cosine(store):
    rows, cosines = zip(*nearest(store, "a", 3), strict=True)
    assert rows == (1, 2, 3)
    np.testing.assert_allclose(cosines, [1, 0.8, -1])
    assert len(nearest(store, "a", 1)) == 1


def test_an_unknown_id_is_refused(store):
    with pytest.raises(RadbankError, match="no image 'z': give an id such as 'a'"):
        nearest(store, "z", 3)
