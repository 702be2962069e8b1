from dataclasses import replace

import numpy as np
import pytest

from benchmarks.shortcut_verdicts import TASK, main, verdicts
from pipeline.artifacts.task import Task
from pipeline.probing.shortcut import read_values
from pipeline.probing.verdict import judge


def test_a_planted_shortcut_is_accused_and_nothing_beside_it(drawn):
    found = verdicts(*drawn(with_label=True, told=True))
    assert found["view"].shortcut
    assert found["view"].verdict.startswith("possible shortcut")
    assert found["view"].p_holm < 0.01
    assert not found["sex"].shortcut
    assert not found["modality"].shortcut


@pytest.mark.parametrize(
    ("with_label", "told", "words"),
    [
        (False, True, "the embeddings tell it, but it is not shown to tell the label"),
        (True, False, "it tells the label, but the embeddings are not shown to tell it"),
        (False, False, "no shortcut shown"),
    ],
)
def test_half_a_shortcut_is_none(drawn, with_label, told, words):
    view = verdicts(*drawn(with_label=with_label, told=told, seed=1))["view"]
    assert not view.shortcut
    assert view.verdict.endswith(words)
    assert (view.readable.p_holm < 0.05) == told
    assert (view.label.p_holm < 0.05) == with_label


def test_a_value_that_goes_with_the_label_in_every_patient_is_accused(drawn):
    images, cases = drawn(with_label=False, told=False)
    view = np.where(images.labels == 1, "AP", "PA")  # the embeddings tell the disease
    assert verdicts(images, cases.assign(view=view))["view"].shortcut


def test_several_values_and_classes(drawn):
    images, cases = drawn(with_label=False, told=False)
    three = np.arange(len(cases)) % 3
    embeddings = images.embeddings.copy()
    embeddings[:, 1] += 4 * (three == 2)
    images = replace(images, labels=three.astype(np.int64), embeddings=embeddings)
    cases = cases.assign(view=np.array(["AP", "LL", "PA"])[three])
    readings = read_values(images, cases, minimum=10, seed=0)
    task = Task.of(["a", "b", "c"])
    found = {each.column: each for each in judge(images, readings, (), task, 0.95)}
    assert found["view"].shortcut
    assert found["view"].value == "PA"
    assert not found["sex"].shortcut


def test_few_patients_are_not_judged(drawn):
    images, cases = drawn(with_label=True, told=True)
    readings = read_values(images, cases, minimum=1000, seed=0)
    for found in judge(images, readings, (), TASK, 0.95):
        assert (found.p_holm, found.shortcut) == (None, False)
        assert found.verdict == "not tested: too few patients"
    assert judge(images, [], (), TASK, 0.95) == []


def test_the_benchmark_counts_cohorts(capsys):
    main(["--cohorts", "2", "--held-out", "1"])
    heading, columns, planted, *clean, seconds = capsys.readouterr().out.splitlines()
    assert heading == "per cent of 2 cohorts (loss: of 1)"
    assert len(columns.split("accused")) == 3
    assert planted.split()[-3:] == ["100.0", "0.0", "0.0"]
    assert [line.split()[-3] for line in clean] == ["0.0"] * 3
    assert seconds.endswith(" s")
