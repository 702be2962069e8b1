import numpy as np
import pytest
from dvc.repo import Repo

from pipeline.leaderboard.read import read_board
from pipeline.statistics.bootstrap import Intervals
from radbank.errors import RadbankError
from tests.pipeline.costs import arm_cost, extraction_cost, head_cost

INTERVALS = Intervals(n_bootstrap=100, confidence=0.95, seed=1)


def board(experiments):
    return read_board(experiments.root, intervals=INTERVALS)


def rows(cohort):
    return {(row.experiment, row.model): row for row in cohort.rows}


@pytest.fixture
def compared(experiments):
    """Return a project of which another backbone was tried."""
    experiments.predict_all(skill=0.3)
    experiments.commit()
    experiments.predict_all(skill=1.2, seed=9, backbone="vgg19", weights="vgg19.imagenet")
    experiments.save("vgg")
    return experiments


def test_every_model_of_every_run_has_a_row(compared):
    (cohort,) = board(compared).cohorts
    found = rows(cohort)
    models = {"mlp": "frozen head", "ensemble": "ensemble", "a": "fine-tuning"}
    assert {key: row.arm for key, row in found.items()} == {
        (run, model): arm for run in ("HEAD", "vgg", "workspace") for model, arm in models.items()
    }
    assert {row.backbone for key, row in found.items() if key[0] == "HEAD"} == {"resnet50"}
    assert {row.backbone for key, row in found.items() if key[0] == "vgg"} == {"vgg19"}
    assert (cohort.split, cohort.n, cohort.n_patients, cohort.n_positive) == ("test", 40, 20, 14)


def test_the_best_is_chosen_on_validation_and_the_others_are_compared_with_it(compared):
    (cohort,) = board(compared).cohorts
    best = [row for row in cohort.rows if row.best and row.same_as is None]
    highest = max(row.validation_auc for row in cohort.rows)
    assert [row.validation_auc for row in best] == [highest]
    for row in cohort.rows:
        if row.best:
            assert row.difference is None
        elif row.difference.low is not None:
            assert row.difference.value == pytest.approx(row.auc.value - best[0].auc.value)
            assert row.difference.low < row.difference.value < row.difference.high
            assert row.difference.p_holm >= row.difference.p
    assert rows(cohort)["HEAD", "mlp"].verdict == "lower AUC than the best"


def test_equal_predictions_are_marked_and_count_as_one_test(compared):
    once = rows(board(compared).cohorts[0])
    compared.save("wgg-again")
    (cohort,) = board(compared).cohorts
    twice = rows(cohort)
    assert twice["workspace", "mlp"].same_as == twice["wgg-again", "mlp"].same_as == "vgg"
    assert twice["HEAD", "mlp"].same_as is None
    assert twice["HEAD", "mlp"].difference.p_holm == once["HEAD", "mlp"].difference.p_holm
    assert ["vgg, wgg-again, workspace" in names for _, names in cohort.distinct].count(True) == 3


def test_of_equals_on_validation_the_first_is_taken_and_the_others_are_counted(experiments):
    scores = np.random.default_rng(1).uniform(size=(120, 2))
    for path in ("predictions/heads/mlp.csv", "predictions/ensemble.csv"):
        experiments.predict(path, scores=scores)
    experiments.commit()
    (cohort,) = board(experiments).cohorts
    found = rows(cohort)
    assert found["HEAD", "mlp"].best
    assert found["HEAD", "ensemble"].verdict == "no claim: no variance between patients"
    assert found["HEAD", "ensemble"].difference.p_holm is None
    assert (
        "mlp of HEAD has the highest AUC on validation, the first of 2 models" in cohort.best_note
    )


@pytest.mark.parametrize("perfect", [True, False])
def test_an_auc_at_its_bound_has_no_interval_and_supports_no_claim(experiments, perfect):
    labels = np.arange(120) // 2 % 3 % 2
    scores = np.full((120, 2), 0.2) + 0.6 * (labels if perfect else 1 - labels)[:, None]
    experiments.predict("predictions/heads/mlp.csv", scores=scores)
    experiments.predict("predictions/ensemble.csv", skill=1.0)
    experiments.commit()
    found = rows(board(experiments).cohorts[0])
    assert found["HEAD", "mlp"].auc.model_dump() == {
        "value": float(perfect),
        "low": None,
        "high": None,
        "because": "at its bound on these cases",
        "seeds_sd": None,
        "seeds_share": None,
    }
    (other,) = (row for row in found.values() if row.difference and row.experiment == "HEAD")
    assert other.verdict.startswith("no claim: an AUC at its bound")
    assert (other.difference.low, other.difference.p, other.difference.p_holm) == (None,) * 3


def test_runs_of_other_splits_labels_or_classes_are_listed_apart(compared):
    split = ["train"] * 60 + ["validation"] * 20 + ["test"] * 40
    compared.predict_all(split=split)
    compared.save("other-split")
    compared.predict_all(classes=["benign", "malignant"])
    compared.save("other-classes")
    compared.predict_all(n=118)
    compared.save("fewer")
    cohorts = board(compared).cohorts
    names = [{row.experiment for row in each.rows} for each in cohorts]
    assert sorted(map(sorted, names)) == [
        ["HEAD", "vgg"], ["fewer", "workspace"], ["other-classes"], ["other-split"],
    ]  # fmt: skip
    for cohort in cohorts:
        assert sum(row.best and row.same_as is None for row in cohort.rows) == 1


def test_random_weights_and_synthetic_data_are_named(experiments):
    experiments.predict_all(weights="random", weights_random=True, synthetic=True)
    experiments.commit()
    (cohort,) = board(experiments).cohorts
    assert all(row.random_weights for row in cohort.rows)
    cautions = " ".join(cohort.cautions)
    assert "SYNTHETIC DATA" in cautions
    assert "RANDOM WEIGHTS, not pretrained: resnet50" in cautions


def test_without_a_test_split_validation_is_reported_and_said_to_be_optimistic(experiments):
    experiments.predict_all(split=["train"] * 60 + ["validation"] * 60)
    experiments.commit()
    (cohort,) = board(experiments).cohorts
    assert (cohort.split, cohort.n) == ("validation", 60)
    assert "NO TEST SPLIT: optimistic" in cohort.cautions[0]


def test_seconds_are_of_training_and_of_new_images_with_the_embeddings_of_a_head(experiments):
    experiments.predict_all()
    experiments.cost("heads/mlp", head_cost(2.0, inference=0.4, images=40, plain=80))
    experiments.cost("finetune/a", arm_cost(10.0, inference=6.0, images=40))
    experiments.cost("extract", extraction_cost(12.0, images=120))
    experiments.commit()
    found = rows(board(experiments).cohorts[0])
    assert found["HEAD", "mlp"].training_seconds == pytest.approx(1000 * (2 + 8) / 40)
    assert found["HEAD", "mlp"].inference_seconds == pytest.approx(1000 * (0.4 + 4) / 40)
    assert found["HEAD", "a"].training_seconds == pytest.approx(1000 * 20 / 40)
    assert found["HEAD", "a"].inference_seconds == pytest.approx(1000 * 6 / 40)
    assert found["HEAD", "ensemble"].training_seconds is None


def test_predictions_of_older_versions_are_found(experiments):
    experiments.predict("predictions/finetune.csv")
    experiments.predict("predictions/cv/mlp.csv")
    (experiments.root / "note").write_text("a file")
    experiments.commit()
    (cohort,) = board(experiments).cohorts
    assert {(row.model, row.arm) for row in cohort.rows} == {("finetune", "fine-tuning")}


def test_what_a_run_left_out_is_no_problem(experiments):
    experiments.predict("predictions/heads/mlp.csv")
    experiments.commit()
    text = (experiments.root / "dvc.yaml").read_text()
    more = "  finetune:\n    cmd: 'true'\n    outs: [predictions/finetune/a.csv]\n"
    (experiments.root / "dvc.yaml").write_text(text + more)
    experiments.predict("predictions/heads/mlp.csv", seed=1)
    with Repo(str(experiments.root)) as repo:
        repo.commit("predict", force=True)
        repo.experiments.save(targets=["predict"], name="heads-alone", force=True)
    found = board(experiments)
    assert "heads-alone" in {row.experiment for row in found.cohorts[0].rows}
    assert not found.problems


def test_a_broken_experiment_is_named_and_the_others_are_shown(compared):
    compared.predict_all(seed=50)
    (compared.root / "predictions/ensemble.csv").write_text("no table\n")
    compared.save("damaged")
    compared.predict_all(seed=60)
    compared.save("not-in-cache")
    lost = (compared.root / "predictions/heads/mlp.csv").read_bytes()
    for path in (compared.root / ".dvc/cache").rglob("*"):
        if path.is_file() and path.read_bytes() == lost:
            path.unlink()
    compared.predict_all(seed=70)
    (compared.root / "dvc.yaml").write_text("stages: 3\n")
    found = board(compared)
    runs = {(row.experiment, row.model) for row in found.cohorts[0].rows}
    assert {("HEAD", "mlp"), ("vgg", "mlp"), ("damaged", "mlp"), ("not-in-cache", "a")} <= runs
    assert {("damaged", "ensemble"), ("not-in-cache", "mlp")} & runs == set()
    problems = " ".join(found.problems)
    assert "damaged: predictions/ensemble.csv is no table of predictions" in problems
    assert "predictions/heads/mlp.csv of not-in-cache is neither in DVC's cache" in problems


def test_predictions_that_lack_what_a_row_says_are_named(experiments):
    experiments.predict("predictions/heads/mlp.csv", conditions={"networks": "some"})
    experiments.predict("predictions/heads/other.csv", backbone=None)
    path = experiments.root / "predictions/heads/other.csv"
    path.write_text(path.read_text().replace('"backbone": null, ', ""))
    experiments.predict("predictions/ensemble.csv")
    experiments.commit()
    found = board(experiments)
    assert {row.model for row in found.cohorts[0].rows} == {"ensemble"}
    problems = " ".join(found.problems)
    assert "predictions/heads/mlp.csv does not say how its model was trained" in problems
    assert "predictions/heads/other.csv does not say what backbone its model had" in problems


def test_no_predictions_at_all_is_an_error(experiments):
    (experiments.root / "note").write_text("a file")
    experiments.commit()
    with pytest.raises(RadbankError, match="No run of this project has predictions"):
        board(experiments)


def test_a_folder_without_experiments_is_an_error(tmp_path):
    with pytest.raises(RadbankError, match="cannot be listed"):
        read_board(tmp_path, intervals=INTERVALS)
