import threading
import time

import pytest

from features.prefetch import prefetch


def test_items_come_in_order_and_at_most_depth_are_waiting():
    made = []

    def items():
        for i in range(10):
            made.append(i)
            yield i

    for item in prefetch(items(), 2):
        time.sleep(0.002)
        assert len(made) <= item + 3
        assert item == made[item]
    assert len(made) == 10


def test_they_are_made_in_one_other_thread():
    made_in = set(prefetch((threading.get_ident() for _ in range(5)), 2))
    assert len(made_in) == 1
    assert threading.get_ident() not in made_in


def test_an_exception_comes_where_its_item_would():
    def items():
        yield 1
        raise OSError("the disk is gone")

    fed = prefetch(items(), 2)
    assert next(fed) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(fed)


def test_closing_ends_the_threads_of_all_that_feed_each_other():
    before = threading.active_count()
    fed = prefetch(map(str, prefetch(iter(range(1000)), 2)), 2)
    assert next(fed) == "0"
    assert threading.active_count() == before + 2
    fed.close()
    assert threading.active_count() == before


def test_nothing_is_made_before_it_is_asked_for():
    assert list(prefetch([], 2)) == []
    made = []
    prefetch(map(made.append, range(3)), 2)
    assert made == []
