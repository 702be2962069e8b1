from dataclasses import replace

import numpy as np
import pytest

from pipeline.evaluation.study import Study
from pipeline.evaluation.thresholds import youden_threshold
from radbank.errors import RadbankError


def test_scores_are_taken_by_split_and_thresholds_from_validation_alone(invent):
    predictions = invent()
    frame = predictions.frame
    study = Study.of({"mlp": predictions})
    validation = frame[frame["split"] == "validation"]
    assert study.split == "test"
    assert study.models["mlp"].reported.cases.n == 40
    assert study.models["mlp"].reported.cases.n_patients == 20
    assert study.models["mlp"].rule.threshold == youden_threshold(
        validation["label"], validation["probability"]
    )
    # other test scores leave the threshold alone
    other = frame.assign(probability=frame["probability"].where(frame["split"] != "test", 0.123))
    again = Study.of({"mlp": replace(predictions, frame=other)})
    assert again.models["mlp"].rule.threshold == study.models["mlp"].rule.threshold


def test_each_training_has_the_rule_chosen_for_it_on_validation(invent):
    first, second = invent(seed=1), invent(seed=2)
    both = first.frame.assign(probability_seed2=second.frame["probability"])
    study = Study.of({"mlp": replace(first, frame=both)})
    one, other = study.models["mlp"].trainings
    assert study.seeds_crossed
    assert one is study.models["mlp"].reported
    alone = Study.of({"mlp": second})
    assert not alone.seeds_crossed
    (expected,) = alone.models["mlp"].trainings
    np.testing.assert_array_equal(other.predicted, expected.predicted)
    np.testing.assert_array_equal(other.cases.probabilities, expected.cases.probabilities)


def test_augmented_views_have_their_own_threshold(invent):
    study = Study.of({"mlp": invent(), "linear_probe": invent(seed=1, views=True)})
    assert list(study.augmented) == ["linear_probe"]
    probe, augmented = study.models["linear_probe"], study.augmented["linear_probe"]
    assert probe.rule.threshold != augmented.rule.threshold


def test_without_held_out_patients_validation_is_reported(invent):
    predictions = invent()
    frame = predictions.frame
    study = Study.of({"mlp": replace(predictions, frame=frame[frame["split"] != "test"])})
    assert study.split == "validation"
    assert study.models["mlp"].reported.cases.n == 40


def test_with_neither_there_is_nothing_to_evaluate(invent):
    predictions = invent()
    frame = predictions.frame
    with pytest.raises(RadbankError, match="mlp hold no test and no validation cases"):
        Study.of({"mlp": replace(predictions, frame=frame[frame["split"] == "train"])})


@pytest.mark.parametrize(
    ("column", "values"),
    [("id", "image-x"), ("group", "patient-x"), ("label", 1), ("split", "validation")],
)
def test_models_of_other_cases_are_refused(invent, column, values):
    first, other = invent(), invent(seed=1)
    other = replace(other, frame=other.frame.assign(**{column: values}))
    with pytest.raises(RadbankError, match=f"finetune-seed and mlp differ in column '{column}'"):
        Study.of({"mlp": first, "finetune-seed": other})


def test_a_missing_case_is_refused(invent):
    first, other = invent(), invent(seed=1)
    with pytest.raises(RadbankError, match="differ in column 'id'"):
        Study.of({"mlp": first, "finetune-seed": replace(other, frame=other.frame[1:])})


def test_models_of_other_weights_are_refused(invent):
    with pytest.raises(RadbankError, match=r"differ in weights_random \(True and False\)"):
        Study.of({"mlp": invent(), "finetune-seed": invent(weights_random=True)})


def with_split(predictions, split, probability):
    """Replace the probabilities of one split."""
    frame = predictions.frame
    changed = frame["probability"].where(frame["split"] != split, probability)
    return replace(predictions, frame=frame.assign(probability=changed))


@pytest.fixture
def models(invent):
    return {
        "lightgbm": invent(0.5, seed=1),
        "mlp": invent(1.2, seed=2),
        "finetune-seed": invent(seed=4),
    }


def test_the_best_head_is_chosen_on_validation_never_on_test(models):
    labels = models["mlp"].frame["label"].astype(float)
    perfect_on_test = with_split(models["lightgbm"], "test", labels)
    assert Study.of({**models, "lightgbm": perfect_on_test}).best_head == "mlp"
    perfect_on_validation = with_split(models["lightgbm"], "validation", labels)
    assert Study.of({**models, "lightgbm": perfect_on_validation}).best_head == "lightgbm"


def test_the_best_head_is_the_one_that_is_best_inside_training(models):
    by = {"lightgbm": 0.8, "mlp": 0.7}
    study = Study.of({**models, "ensemble": models["mlp"]}, by)
    assert study.best_head == "lightgbm"
    assert study.best_head_by == "best in cross-validation inside the training split"
    partly = Study.of(models, {"lightgbm": None, "mlp": 0.7})
    assert partly.best_head == "mlp"
    on_validation = Study.of(models, {"lightgbm": None, "mlp": None})
    assert (on_validation.best_head, on_validation.best_head_by) == ("mlp", "best on validation")


def test_the_ensemble_is_no_single_head(models):
    labels = models["mlp"].frame["label"].astype(float)
    perfect = with_split(models["mlp"], "validation", labels)
    assert Study.of({**models, "ensemble": perfect}).best_head == "mlp"


def test_of_equal_heads_the_first_is_best(models):
    assert Study.of({"a": models["mlp"], "b": models["mlp"]}).best_head == "a"


def test_fine_tuning_is_no_head_and_is_compared_first(models):
    labels = models["mlp"].frame["label"].astype(float)
    perfect = with_split(models["finetune-seed"], "validation", labels)
    study = Study.of({**models, "finetune-seed": perfect})
    assert study.best_head == "mlp"
    assert list(study.compared) == ["finetune-seed", "lightgbm", "mlp"]
