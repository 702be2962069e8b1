import pytest

from benchmarks.finetuning import ratios, targets


def test_ratios_are_taken_within_rounds():
    found = ratios({"radbank": [10.0, 12.0, 3.0], "plain loop": [5.0, 4.0, 1.5]})
    assert found == {"plain loop": {"median": 2.0, "lowest": 2.0, "highest": pytest.approx(3.0)}}


def test_more_is_asked_of_a_chip_with_bf16():
    assert targets("bf16")["plain loop"] > targets("fp32")["plain loop"]
