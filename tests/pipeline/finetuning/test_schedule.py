import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.finetuning.schedule import Schedule
from tests.pipeline.finetuning.conftest import recipe

PROTOCOL = {"warmup_from": 1e-6, "learning_rate": 1e-3, "final_learning_rate": 1e-4}


def schedule(epochs, warmup_epochs, **changes):
    """Return a schedule of one step an epoch."""
    made = recipe(epochs=epochs, warmup_epochs=warmup_epochs, **{**PROTOCOL, **changes})
    return Schedule(made, 1)


def test_the_rates_of_the_protocol():
    found = schedule(7, 2)
    rates = [found.rate(step) for step in range(7)]
    assert rates[:3] == pytest.approx([1e-6, 5.005e-4, 1e-3])
    assert rates[4] == pytest.approx((1e-3 * 1e-4) ** 0.5)  # halfway down: the geometric mean
    assert rates[-1] == pytest.approx(1e-4)


def test_half_a_cosine():
    found = schedule(5, 0, decay="cosine", final_learning_rate=0.0)
    rates = [found.rate(step) for step in range(5)]
    assert rates == pytest.approx([1e-3, 8.5355e-4, 5e-4, 1.4645e-4, 0], rel=1e-4)


def test_an_epoch_has_several_steps():
    found = Schedule(recipe(epochs=4, warmup_epochs=1, **PROTOCOL), 10)
    assert (found.steps, found.warmup_steps) == (40, 10)


def test_no_warm_up_starts_at_the_full_rate():
    assert schedule(5, 0).rate(0) == 1e-3


def test_one_step_after_the_warm_up_has_the_full_rate():
    assert schedule(3, 2).rate(2) == 1e-3


@settings(deadline=None, max_examples=50)
@given(data=st.data(), steps=st.integers(1, 200), decay=st.sampled_from(["exponential", "cosine"]))
def test_it_rises_then_falls(data, steps, decay):
    warmup_steps = data.draw(st.integers(0, steps - 1))
    found = schedule(steps, warmup_steps, decay=decay)
    rates = [found.rate(step) for step in range(steps)]
    assert rates[: warmup_steps + 1] == sorted(rates[: warmup_steps + 1])
    assert rates[warmup_steps:] == sorted(rates[warmup_steps:], reverse=True)
