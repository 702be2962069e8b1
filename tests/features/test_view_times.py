import time

import pytest

from features.bank.bank import Bank
from features.image_views import ImageView
from features.view_times import ViewTimes
from tests.features.bank.conftest import COMPUTATION, LIBRARIES

PLAIN = [ImageView(row, 0) for row in range(12)]
AUGMENTED = [ImageView(row, 1) for row in range(8)]


@pytest.fixture
def about(tmp_path):
    return Bank(str(tmp_path)).cached(COMPUTATION, libraries=LIBRARIES).about


def batches(*seconds, size=4):
    """Yield the size of batches that take so many seconds each."""
    for each in seconds:
        time.sleep(each)
        yield size


def test_the_first_batch_counts_as_long_as_the_others(about):
    times = ViewTimes(about)
    assert list(times.watch(batches(0.5, 0.05, 0.05), PLAIN)) == [4, 4, 4]
    assert times.views == {"plain": 12, "augmented": 0}
    assert 0.15 <= times.seconds["plain"] < 0.4
    assert times.seconds["augmented"] == 0


def test_plain_and_augmented_views_are_told_apart(about):
    times = ViewTimes(about)
    list(times.watch(batches(0.01, 0.01, 0.01, 0.1, 0.1), PLAIN + AUGMENTED))
    assert times.seconds["augmented"] > 3 * times.seconds["plain"]


def test_what_the_bank_had_counts_at_the_rate_at_which_it_was_computed(about):
    first = ViewTimes(about)
    assert first.seconds_of_all("plain", 12) is None
    list(first.watch(batches(0.05, 0.05, 0.05), PLAIN))
    again = ViewTimes(about)
    assert again.seconds_of_all("plain", 12) == pytest.approx(first.seconds["plain"], rel=0.01)
    assert again.seconds["plain"] == 0
    assert again.seconds_of_all("augmented", 1) is None
    assert again.seconds_of_all("augmented", 0) == 0
    assert again.joules_of_all("plain", 12) is None


def test_one_batch_counts_as_it_is(about):
    times = ViewTimes(about)
    list(times.watch(batches(0.05), PLAIN[:4]))
    assert times.seconds_of_all("plain", 4) == times.seconds["plain"] >= 0.05
