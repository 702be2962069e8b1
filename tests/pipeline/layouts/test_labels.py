import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.layouts.blank import is_blank
from pipeline.layouts.labels import classify, split_labels, why_unlabelled
from pipeline.layouts.misread import refuse_misread
from pipeline.layouts.spelling import whole
from radbank.errors import RadbankError

NAMES = (
    st.text(st.characters(blacklist_characters="|"), min_size=1)
    .map(str.strip)
    .filter(lambda name: not is_blank(name))
)


def is_refused(findings):
    try:
        refuse_misread(findings, "t")
    except RadbankError:
        return True
    return False


def test_two_classes_keep_their_names():
    assert classify([["a"], ["b"], ["a"]], None, "t") == ([0, 1, 0], ("a", "b"))
    assert classify([["a"], ["b"], ["a"]], "a", "t") == ([1, 0, 1], ("b", "a"))


def test_more_than_two_classes_stay_or_become_one_against_the_rest():
    findings = [["b"], ["c"], ["a"]]
    assert classify(findings, None, "t") == ([1, 2, 0], ("a", "b", "c"))
    assert classify(findings, "c", "t") == ([0, 1, 0], ("not c", "c"))


def test_several_labels_need_a_positive_one():
    findings = [["a"], ["a", "b"]]
    assert classify(findings, "b", "t") == ([0, 1], ("not b", "b"))
    with pytest.raises(RadbankError, match=r"several labels \(a\|b\): set data.positive.*\(a, b\)"):
        classify(findings, None, "t")


@pytest.mark.parametrize(
    ("findings", "positive", "message"),
    [
        ([["a"], ["b"]], "x", r"'x', which is no label in t \(a, b\)"),
        ([["a"], ["a"]], None, "at least two classes, and has a"),
        ([], None, "at least two classes, and has none"),
    ],
)
def test_labels_that_do_not_do(findings, positive, message):
    with pytest.raises(RadbankError, match=message):
        classify(findings, positive, "t")


@pytest.mark.parametrize("word", ["nan", "NaN", "NA", "N/A", "none", "None", "-", "null", "#N/A"])
def test_words_for_nothing_are_no_label(word):
    assert split_labels(word) == split_labels(f"{word}|") == []
    assert why_unlabelled(f" {word} ", "t") == f"its label in t is {word!r}, which stands for none"
    assert why_unlabelled(f"{word}|a", "t") is None


def test_an_empty_cell_gives_no_label():
    assert why_unlabelled(" | ", "t") == "t gives it no label"


def test_the_positive_class_is_found_however_its_number_is_written():
    assert classify([["0"], ["1"], ["2"]], "1.0", "t") == ([0, 1, 0], ("not 1", "1"))


@given(st.lists(NAMES.map(whole)))
@settings(max_examples=50, deadline=None)
def test_labels_joined_come_apart_again(names):
    assert split_labels("|".join(names)) == sorted(set(names))


@given(st.lists(st.sets(NAMES, min_size=1, max_size=3).map(sorted), min_size=2), st.data())
@settings(max_examples=50, deadline=None)
def test_the_positive_class_is_having_the_label(findings, data):
    names = sorted({name for each in findings for name in each})
    assume(len(names) > 1 and not is_refused([names]))
    positive = data.draw(st.sampled_from(names))
    labels, classes = classify(findings, positive, "t")
    assert labels == [int(positive in each) for each in findings]
    assert classes[1] == positive
    assert classes[0] != positive
