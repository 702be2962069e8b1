"""`dvc exp show` in a terminal of 120 columns."""

import csv
import io
import re

import pytest
from dvc.repo import Repo

from pipeline import paths
from pipeline.artifacts.headline import Headline
from radbank.files import write_json, write_text

COLUMNS = 120
NUMBERS = tuple(Headline.model_fields)
LONG_AGO = "Nov 30, 2026"  # as DVC writes the date of an older commit


@pytest.fixture(scope="module")
def compared(tmp_path_factory, new_project):
    """Return a project with three runs of other backbones, whose outputs are invented."""
    project = new_project(tmp_path_factory.mktemp("exp_show"))
    for seed, backbone in enumerate(("efficientnet_lite0", "efficientnet_lite1", "inception_v3")):
        project.set_params({"backbone": backbone})
        with Repo(str(project.folder)) as repo:
            outs = [out.fs_path for out in repo.index.outs]
        for out in outs:
            write_text(out, backbone)
        numbers = dict.fromkeys(NUMBERS, 0.881 + seed / 1000)
        widest = {"n": 1624 + seed, "diff": -0.041, "d_lo": -0.123, "sens": 0.87, "spec": 0.91}
        write_json(project.folder / paths.HEADLINE, numbers | widest)
        if seed == 0:
            project("dvc", "commit", "--force")
            project.commit("The first results")
        else:
            project("dvc", "exp", "save", "--force", "--name", f"petty-mol{seed}")
    return project


def lines(project, columns, *options):
    output = project("env", f"COLUMNS={columns}", "dvc", "exp", "show", "--no-pager", *options)
    return output.splitlines()


def test_its_metrics_are_the_few_numbers_of_the_headline(compared):
    header = next(csv.reader(io.StringIO(compared("dvc", "exp", "show", "--csv"))))
    assert tuple(header[header.index("parent") + 1 : header.index("backbone")]) == NUMBERS
    assert len(NUMBERS) <= 12


def test_every_number_is_seen_before_one_scrolls_to_the_parameters(compared):
    (header,) = (line for line in lines(compared, 2000) if "Experiment" in line)
    (created,) = {
        re.search(r"\d+:\d+ [AP]M", line)[0] for line in lines(compared, 2000) if "mol1" in line
    }
    width = header.index(NUMBERS[-1]) + len(NUMBERS[-1]) + len(LONG_AGO) - len(created)
    assert width <= COLUMNS


def test_what_differs_fits_and_nothing_is_cut(compared):
    shown = lines(compared, COLUMNS, "--only-changed", "--drop", "backbone|.*/|plots")
    assert max(map(len, shown)) <= COLUMNS
    assert "\N{HORIZONTAL ELLIPSIS}" not in "".join(shown)
    (last,) = (line.split() for line in shown if "mol2" in line)
    assert last[-1] == "0.883"
