from pathlib import Path

import pytest

from pipeline.finetuning.arms import ARMS, get_arm
from pipeline.params import load_params
from radbank.errors import RadbankError

ROOT = Path(__file__).resolve().parents[4]
SETTINGS = load_params(ROOT / "params.yaml").finetune


@pytest.mark.parametrize("name", ARMS)
def test_an_arm_declares_itself(name):
    arm = SETTINGS.arms[name]
    assert type(arm) is get_arm(name)
    assert arm.name == name
    assert arm.label
    words = arm.protocol("AUC")
    assert f"{arm.epochs} epochs" in words
    assert words[-1] != "."


@pytest.mark.parametrize("name", ARMS)
def test_the_recipe_has_the_settings(name):
    arm = SETTINGS.arms[name]
    for rate in arm.learning_rate:
        recipe = arm.recipe(rate)
        assert (recipe.learning_rate, recipe.epochs) == (rate, arm.epochs)
        assert recipe.warmup_epochs == arm.warmup_epochs
        assert recipe.weight_decay == arm.weight_decay


@pytest.mark.parametrize(
    ("epochs", "expected"), [(1, (1, 0)), (2, (2, 1)), (4, (4, 1)), (25, (25, 3)), (99, (50, 5))]
)
def test_an_arm_is_shortened_with_its_warm_up_and_its_search(epochs, expected):
    short = SETTINGS.arms["finetune-seed"].shortened(epochs)
    assert (short.epochs, short.warmup_epochs) == expected
    assert short.learning_rate == [0.001]


def test_the_quick_sizes_are_for_the_synthetic_cohort_only():
    for synthetic, epochs, side in ((True, 4, 128), (False, 50, None)):
        assert SETTINGS.arm("finetune-seed", synthetic=synthetic).epochs == epochs
        assert SETTINGS.side(synthetic=synthetic) == side


def test_an_unknown_arm_is_named():
    with pytest.raises(RadbankError, match=r"no arm of fine-tuning 'finetune-sed'\. Did you mean"):
        get_arm("finetune-sed")
