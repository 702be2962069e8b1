import pytest

from pipeline.finetuning.training_times import TrainingTimes
from radbank.meter import Spent
from tests.pipeline.finetuning.conftest import recipe


def test_the_first_step_of_each_process_counts_as_long_as_the_others():
    times = TrainingTimes()
    for seconds in (9.0, 1.0, 1.0):
        times.add_step(Spent(seconds, None))
    times.add_validation(Spent(0.5, None))
    assert times.spent(3).seconds == 3.5
    again = TrainingTimes(**times.state())
    for seconds in (9.0, 1.0, 1.0):
        again.add_step(Spent(seconds, None))
    assert again.spent(6).seconds == 6.5
    assert again.spent(6).joules is None


def test_a_single_step_counts_as_it_is():
    times = TrainingTimes()
    times.add_step(Spent(2.0, 7.0))
    assert times.spent(1) == Spent(2.0, 7.0)
    assert TrainingTimes(**times.state()).spent(1) == Spent(2.0, 7.0)


def test_a_training_that_is_taken_up_keeps_what_it_took(start):
    whole = start(recipe())
    done = [epoch for epoch in whole.run() if epoch is not None]
    assert len(done) == 3
    spent = whole.times.spent(whole.step)
    assert spent.seconds > whole.times.validation_seconds > 0
    again = start(recipe())
    again.restore(whole.state())
    assert list(again.run()) == []
    assert again.times.spent(again.step).seconds == pytest.approx(spent.seconds)
