from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from features.bank.bank import Bank
from features.computation import Computation
from features.preprocessing import Preprocessing

COMPUTATION = Computation(
    backbone="tiny",
    weights_sha256="0" * 64,
    preprocessing=Preprocessing(
        input_size=8, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5), interpolation="bicubic"
    ),
    layers=("penultimate",),
    engine="eager",
    precision="fp32",
    device="cpu",
    batch_size=None,
)
LIBRARIES = {"numpy": "2.0.0", "torch": "2.6.0"}
WIDTH = 5


@pytest.fixture
def place(tmp_path):
    return tmp_path / "bank"


@pytest.fixture
def bank(place):
    return Bank(str(place))


@pytest.fixture(scope="session")
def shelf_in():
    """Return a function that opens a shelf of the bank in a folder, as a new process would."""

    def shelf_in(place, **changes):
        return Bank(str(place)).shelf(replace(COMPUTATION, **changes), libraries=LIBRARIES)

    return shelf_in


@pytest.fixture
def open_shelf(place, shelf_in):
    return partial(shelf_in, place)


@pytest.fixture
def shelf(open_shelf):
    return open_shelf()


@pytest.fixture(scope="session")
def truth():
    """Return a function from a key to the one embedding that it may be served as."""

    def truth(key):
        return np.random.default_rng(list(key.encode())).normal(size=WIDTH).astype(np.float32)

    return truth


@pytest.fixture(scope="session")
def put(truth):
    """Return a function that puts the right embeddings of keys on a shelf."""

    def put(shelf, keys):
        shelf.put(keys, np.stack([truth(key) for key in keys]))

    return put


@pytest.fixture(scope="session")
def get(truth):
    """Return a function that checks what a shelf serves, and says which keys it lacks."""

    def get(shelf, keys):
        rows = np.full((len(keys), WIDTH), np.nan, np.float32)
        lacking = shelf.fill(keys, rows)
        for position, key in enumerate(keys):
            if position not in lacking:
                np.testing.assert_array_equal(rows[position], truth(key))
        return [keys[position] for position in lacking]

    return get
