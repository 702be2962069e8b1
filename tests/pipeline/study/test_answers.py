import pytest

from pipeline.statistics.bootstrap import Intervals
from pipeline.study.answers import UNKNOWN, answers, is_finetuning_worth_it, which_backbone
from pipeline.study.selection import by_backbone

PRIMARY = "finetune-seed"
INTERVALS = Intervals(n_bootstrap=200, confidence=0.95, seed=1)


@pytest.fixture
def study(scored):
    """Return two backbones, the second far better, with two heads and a better arm each."""
    return by_backbone(
        [
            scored(backbone, model, arm, skill=skill + extra, seed=100 * place + seed, seconds=cost)
            for place, (backbone, skill) in enumerate((("weak", 0.1), ("strong", 0.8)))
            for seed, (model, arm, extra, cost) in enumerate(
                (
                    ("mlp", "frozen head", 0.2, 2.0),
                    ("linear_probe", "frozen head", 0.0, 2.0),
                    ("ensemble", "ensemble", 3.0, 2.0),
                    ("a", "fine-tuning", 0.6, 30.0),
                )
            )
        ],
        PRIMARY,
    )


def test_each_question_is_answered_with_what_is_shown(study):
    backbone, head, tuning = answers(study, INTERVALS)
    assert backbone.words.startswith("strong is best on validation, with a: AUC 0.9")
    assert "It is shown to be higher than weak." in backbone.words
    assert head.words.startswith("MLP is best on validation, on average over 2")
    x = "\N{MULTIPLICATION SIGN}"
    assert f"a gain is shown. It took 15 {x} the seconds of the head in training" in tuning.words
    assert f"and 15 {x} in inference." in tuning.words
    assert len(tuning.details) == 2


def test_an_ensemble_is_compared_with_no_single_network(study):
    assert all(
        "ensemble" not in " ".join([each.words, *each.details])
        for each in answers(study, INTERVALS)
    )


def test_fine_tuning_is_compared_with_a_head_that_is_a_single_model(scored):
    said = {"input_size": 9, "class_weight": "none", "augmentation": "none", "configurations": 1}
    models = (
        ("mlp", "frozen head", 2.0, 3),
        ("lightgbm", "frozen head", 0.5, 1),
        ("a", "fine-tuning", 0.5, 1),
    )
    (standing,) = by_backbone(
        [
            scored("x", model, arm, skill=skill, seed=seed, conditions={**said, "networks": n})
            for seed, (model, arm, skill, n) in enumerate(models)
        ],
        PRIMARY,
    )
    assert standing.best_head.entry.model == "lightgbm"


def test_the_best_head_is_best_inside_training_and_the_primary_arm_stands_for_all(scored):
    models = (
        ("mlp", "frozen head", 2.0, 0.7),
        ("lightgbm", "frozen head", 0.5, 0.8),
        ("a", "fine-tuning", 2.0, None),
        (PRIMARY, "fine-tuning", 0.5, None),
    )
    made = [
        scored("x", model, arm, skill=skill, seed=seed, inner_auc=inner)
        for seed, (model, arm, skill, inner) in enumerate(models)
    ]
    (standing,) = by_backbone(made, PRIMARY)
    assert standing.best_head.entry.model == "lightgbm"
    assert standing.main_arm.entry.model == PRIMARY
    _, head, tuning = answers([standing], INTERVALS)
    assert head.words.startswith("LightGBM is best in cross-validation inside the training split (")
    assert "fine-tuning (seed) minus LightGBM on x" in tuning.details[0]
    (without,) = by_backbone(
        [made[0], scored("x", "lightgbm", "frozen head", skill=0.5, seed=9)], ""
    )
    assert without.best_head.entry.model == "mlp"


def test_what_is_not_shown_is_said_to_be_open(scored):
    alike = by_backbone(
        [
            scored(backbone, model, arm, skill=0.5, seed=seed)
            for seed, (backbone, model, arm) in enumerate(
                (b, m, a)
                for b in ("x", "y")
                for m, a in (("mlp", "frozen head"), ("t", "fine-tuning"))
            )
        ],
        PRIMARY,
    )
    backbone, _, tuning = answers(alike, INTERVALS)
    assert "It is not shown to differ from" in backbone.words
    assert "neither a gain nor a loss is shown" in tuning.words


def test_without_fine_tuning_or_an_other_backbone_there_is_no_answer(scored):
    alone = by_backbone([scored("x", "mlp", "frozen head", skill=0.5, seed=1)], PRIMARY)
    assert is_finetuning_worth_it(alone, INTERVALS).words == UNKNOWN
    assert "There is nothing to compare it with." in which_backbone(alone, INTERVALS).words
