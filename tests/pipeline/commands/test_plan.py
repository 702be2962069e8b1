"""radbank plan."""

import argparse
import json

import pytest

from pipeline.commands import plan
from radbank.errors import RadbankError


@pytest.fixture
def run(monkeypatch, capsys):
    """Return a function that runs the command and gives what it printed."""
    monkeypatch.setenv("COLUMNS", "160")
    parser = argparse.ArgumentParser()
    plan.add_parser(parser.add_subparsers())

    def run(*arguments):
        chosen = parser.parse_args(["plan", "--auc", "0.8", "--difference", "0.05", *arguments])
        chosen.handler(chosen)
        return capsys.readouterr().out

    return run


def test_it_says_how_many_patients_and_what_others_show(run):
    said = run("--patients", "100", "30")
    first, *lines = said.splitlines()
    needed = int(first.split()[0])
    assert "show an AUC of 0.85 against one of 0.8 with 80 % power" in first
    cells = [line.split() for line in lines if line.strip()]
    assert [int(each[0]) for each in cells[1:]] == [needed, 100, 30]
    assert [cells[1][2], cells[1][-1]] == ["80", "0.050"]
    assert float(cells[2][-1]) > 0.1
    assert cells[3][-1] == "none"


def test_json_holds_the_same(run):
    found = json.loads(run("--patients", "100", "--json"))
    assert found["assumed"]["correlation"] == 0.5
    assert [each["patients"] for each in found["cohorts"]] == [found["patients_needed"], 100]
    assert found["cohorts"][0]["power"] >= 0.8
    assert found["cohorts"][0]["positive"] == round(0.3 * found["patients_needed"])
    assert f"{found['patients_needed']:,} patients" in run()


def test_a_hopeless_difference_is_said(run):
    assert run("--difference", "1e-6").startswith("More than ten million patients")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--auc", "0.4"), "--auc is 0.4"),
        (("--auc", "nan"), "--auc is nan"),
        (("--difference", "0"), "--difference is 0"),
        (("--difference", "0.2"), "both AUCs are below 1"),
        (("--correlation", "1"), "--correlation is 1"),
        (("--prevalence", "0"), "--prevalence is 0"),
        (("--images", "inf"), "--images is inf"),
        (("--within", "-0.1"), "--within is -0.1"),
        (("--power", "1"), "--power is 1"),
        (("--confidence", "1.5"), "--confidence is 1.5"),
        (("--patients", "0"), "--patients holds 0"),
    ],
)
def test_a_number_out_of_its_range_is_one_sentence(run, given, said):
    with pytest.raises(RadbankError, match=said):
        run(*given)
