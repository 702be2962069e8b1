import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.finetuning.schedule import Schedule
from radbank.errors import RadbankError

PROTOCOL = {"warmup_from": 1e-6, "learning_rate": 1e-3, "final_learning_rate": 1e-4}


def test_the_rates_of_the_protocol():
    schedule = Schedule(steps=7, warmup_steps=2, **PROTOCOL)
    rates = [schedule.rate(step) for step in range(7)]
    assert rates[:3] == pytest.approx([1e-6, 5.005e-4, 1e-3])
    assert rates[4] == pytest.approx((1e-3 * 1e-4) ** 0.5)  # halfway down: the geometric mean
    assert rates[-1] == pytest.approx(1e-4)


def test_no_warm_up_starts_at_the_full_rate():
    assert Schedule(steps=5, warmup_steps=0, **PROTOCOL).rate(0) == 1e-3


def test_one_step_after_the_warm_up_has_the_full_rate():
    assert Schedule(steps=3, warmup_steps=2, **PROTOCOL).rate(2) == 1e-3


@settings(deadline=None, max_examples=50)
@given(data=st.data(), steps=st.integers(1, 200))
def test_it_rises_then_falls(data, steps):
    warmup_steps = data.draw(st.integers(0, steps - 1))
    schedule = Schedule(steps=steps, warmup_steps=warmup_steps, **PROTOCOL)
    rates = [schedule.rate(step) for step in range(steps)]
    assert rates[: warmup_steps + 1] == sorted(rates[: warmup_steps + 1])
    assert rates[warmup_steps:] == sorted(rates[warmup_steps:], reverse=True)


def test_all_warm_up_is_refused():
    with pytest.raises(RadbankError, match=r"finetune\.warmup_epochs must be less"):
        Schedule(steps=4, warmup_steps=4, **PROTOCOL)
