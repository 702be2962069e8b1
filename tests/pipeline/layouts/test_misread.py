import pytest

from pipeline.layouts.misread import doubts, refuse_misread
from radbank.errors import RadbankError


def alone(*names):
    return [[name] for name in names]


@pytest.mark.parametrize(
    "names",
    [
        ("Pneumonia", "pneumonia"),
        ("No Finding", "no_finding"),
        ("COVID-19", "Covid 19"),
        ("1", "01"),
        ("Stra\u00dfe", "STRASSE"),
        ("M\u00fcller", "Mu\u0308ller"),
    ],
)
def test_one_class_in_two_spellings_is_refused(names):
    with pytest.raises(RadbankError, match=r"t spells what seems one class in 2 ways \(.* 2 times"):
        refuse_misread(alone(*names, *names, "other"), "t")


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (("Edema", "Nodule", "Edema;Nodule"), "'Edema;Nodule'"),
        (("Edema", "Nodule", "Edema, nodule"), "'Edema, nodule'"),
        (("Edema", "well", "Edema/Mass"), "'Edema/Mass'"),
        (("bacteria", "well", "bacteria and virus"), "'bacteria and virus'"),
        (("A;B", "B;C", "well"), "'A;B', 'B;C'"),
        (("['Edema']", "['Edema', 'Mass']"), r"\['Edema', 'Mass'\]"),
        (("well", "{'Edema', 'Mass'}"), "Mass"),
    ],
)
def test_labels_joined_otherwise_are_refused(names, shown):
    with pytest.raises(RadbankError, match=rf"something else than \| \(.*{shown}"):
        refuse_misread(alone(*names), "t")


def test_the_positive_class_alone_makes_a_part_known():
    cells = alone("Edema+Mass", "Nodule+Fibrosis")
    refuse_misread(cells, "t")
    with pytest.raises(RadbankError, match=r"'Edema\+Mass'"):
        refuse_misread(cells, "t", "Mass")


@pytest.mark.parametrize(
    "names",
    [
        ("normal", "abnormal"),
        ("No Lung Opacity / Not Normal", "Normal", "Lung Opacity"),
        ("grade 1", "grade 2", "grade 12", "grade 1-2"),
        ("COVID+", "COVID-"),
        ("-1", "0", "1", "10"),
        ("edema, left", "edema, right"),
        ("(left)", "(right)"),
        ("N/A", 'a,"b" $1_2$ 50% {x} [/old]', "<b>&amp;"),
    ],
)
def test_classes_of_their_own_stay(names):
    refuse_misread(alone(*names), "t")


def test_a_rare_label_like_a_frequent_one_is_doubted():
    cells = alone(*["pneumonia"] * 40, *["normal"] * 40)
    assert doubts(cells, "t") == ()
    assert doubts([*cells, *alone("pnuemonia")], "t") == (
        "t gives 1 images the label 'pnuemonia' and 40 'pneumonia': is it one class?",
    )
    assert doubts([*cells, *alone("abnormal")], "t") == ()


def test_uncertain_labels_are_doubted():
    assert doubts(alone("0", "1", "0"), "t") == ()
    assert "2 images the label -1" in doubts(alone("0", "1", "-1", "-1"), "t")[0]
