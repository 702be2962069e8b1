import csv
import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from pipeline.artifacts.results import Difference, Estimate
from pipeline.leaderboard.board import Board, Cohort, Row
from pipeline.leaderboard.table import COLUMNS, is_table, tables, to_csv
from tests.pipeline.costs import arm_cost


def row(model, **changes):
    return Row(
        **{
            "experiment": "lite1",
            "same_as": None,
            "model": model,
            "arm": "frozen head",
            "backbone": "efficientnet_lite1",
            "weights": "efficientnet_lite1.imagenet",
            "random_weights": False,
            "trainings": 1,
            "validation_auc": 0.9,
            "best": False,
            "auc": Estimate(value=0.91, low=0.87, high=0.94),
            "difference": Difference(value=-0.012, low=-0.03, high=0.006, p=0.2, p_holm=0.4),
            "verdict": "not shown to differ",
            "threshold": 0.4,
            "sensitivity": Estimate(value=0.8, low=0.7, high=0.9),
            "specificity": Estimate(value=0.85, low=0.75, high=0.92),
            "accuracy": Estimate(value=0.83, low=0.78, high=0.87),
            "f1": Estimate(value=0.81),
            "brier": Estimate(value=0.104),
            "cost": arm_cost(2400.0, inference=3.0, images=240),
            "date": datetime(2026, 11, 30, 12, tzinfo=UTC),
            **changes,
        }
    )


@pytest.fixture
def board():
    """Return a board of two cohorts."""
    best = row("ensemble", arm="ensemble", best=True, difference=None, verdict="best on validation")
    at_bound = row(
        "mlp",
        auc=Estimate(value=1.0),
        difference=Difference(value=0.09, p=None),
        verdict="no claim: an AUC of 0 or 1 is at its bound",
        cost=None,
        random_weights=True,
    )
    again = row("mlp", experiment="workspace", same_as="lite1")
    first = Cohort(
        sha256="0123456789abcdef",
        classes=("no", "yes"),
        synthetic=True,
        split="test",
        split_note=None,
        n=40,
        n_patients=20,
        n_positive=14,
        best_note="lite1, ensemble has the highest AUC on validation (0.900).",
        rows=(at_bound, best, again),
    )
    other = first.model_copy(update={"sha256": "f" * 16, "rows": (best,), "synthetic": False})
    return Board(confidence=0.95, cohorts=(first, other), problems=("x: is broken.",))


def printed(board, width=120):
    console = Console(width=width, file=io.StringIO(), highlight=False, markup=False)
    console.print(tables(board))
    return console.file.getvalue()


def test_the_table_fits_120_columns_and_says_everything_once(board):
    assert max(map(len, printed(board).splitlines())) <= 120
    text = printed(board, width=200)
    for words in (
        "SYNTHETIC DATA",
        "RANDOM WEIGHTS",
        "0.870 to 0.940",
        "best on validation",
        "lite1, workspace",
        "2026-11-30",
        "20,000",
        "12.5",
        "x: is broken.",
    ):
        assert words in text, words
    assert text.index("OTHER DATA, SPLITS OR LABELS") > text.index("0.870 to 0.940")


def test_where_no_claim_is_made_the_words_stand_in_place_of_numbers(board):
    text = " ".join(printed(board, width=200).split())
    assert "no claim: an AUC of 0 or 1 is at its bound" in text
    assert "1.000 (" not in text


def test_csv_holds_every_row_of_every_cohort(board):
    rows = list(csv.DictReader(io.StringIO(to_csv(board))))
    assert [each["experiment"] for each in rows] == ["lite1", "lite1", "workspace", "lite1"]
    assert [each["cohort"] for each in rows] == ["0123456789ab"] * 3 + ["f" * 12]
    bound, best, again, _ = rows
    assert (bound["auc"], bound["auc_low"], bound["difference"]) == ("1.0", "", "0.09")
    assert (best["difference"], best["p_holm"], best["best"]) == ("", "", "True")
    assert (again["same_as"], again["p_holm"]) == ("lite1", "0.4")
    assert (bound["training_seconds_per_1000"], bound["passes"]) == ("", "")
    assert (best["training_seconds_per_1000"], best["inference_seconds_per_1000"]) == (
        "20000.0",
        "12.5",
    )
    assert (best["passes"], best["engine"], best["joules"]) == ("5760", "eager", "")
    assert best["date"] == "2026-11-30T12:00:00+00:00"


def test_only_its_own_csv_is_known(board, tmp_path):
    own, other = tmp_path / "own.csv", tmp_path / "other.csv"
    own.write_text(to_csv(board))
    other.write_text("cohort,name\n")
    assert is_table(own)
    assert not is_table(other)
    assert set(COLUMNS) == set(csv.DictReader(io.StringIO(to_csv(board))).fieldnames)
