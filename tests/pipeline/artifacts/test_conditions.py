import pytest

from pipeline.artifacts.conditions import Conditions, class_weight_in_words

ALIKE = Conditions(
    input_size=224, class_weight="balanced", augmentation="none", configurations=2, networks=1
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"augmentation": "anew", "configurations": 6, "networks": 3}, []),
        ({"input_size": 128}, ["an input of 224 against 128 pixels"]),
        (
            {"input_size": 128, "class_weight": "none"},
            ["an input of 224 against 128 pixels", "class weights balanced against none"],
        ),
    ],
)
def test_what_is_not_fair_is_said(changes, said):
    assert ALIKE.unlike(ALIKE.model_copy(update=changes)) == said


def test_no_class_weights_are_none():
    assert (class_weight_in_words(None), class_weight_in_words("balanced")) == ("none", "balanced")
