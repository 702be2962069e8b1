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
def open_cache_in():
    """Return a function that opens a cached of the bank in a folder, as a new process would."""

    def open_cache_in(place, **changes):
        return Bank(str(place)).cached(replace(COMPUTATION, **changes), libraries=LIBRARIES)

    return open_cache_in


@pytest.fixture
def open_cache(place, open_cache_in):
    return partial(open_cache_in, place)


@pytest.fixture
def cached(open_cache):
    return open_cache()


@pytest.fixture(scope="session")
def truth():
    """Return a function from a key to the one embedding that it may be served as."""

    def truth(key):
        return np.random.default_rng(list(key.encode())).normal(size=WIDTH).astype(np.float32)

    return truth


@pytest.fixture(scope="session")
def put(truth):
    """Return a function that puts the right embeddings of keys on a cached."""

    def put(cached, keys):
        cached.put(keys, np.stack([truth(key) for key in keys]))

    return put


@pytest.fixture(scope="session")
def get(truth):
    """Return a function that checks what a cached serves, and says which keys it lacks."""

    def get(cached, keys):
        rows = np.full((len(keys), WIDTH), np.nan, np.float32)
        lacking = cached.fill(keys, rows)
        for position, key in enumerate(keys):
            if position not in lacking:
                np.testing.assert_array_equal(rows[position], truth(key))
        return [keys[position] for position in lacking]

    return get
