import pytest

from pipeline.statistics.bootstrap import Intervals
from pipeline.study.answers import answers
from pipeline.study.claims import NOT_DECIDED, NOT_SUPPORTED, SUPPORTED, claims
from pipeline.study.selection import by_backbone

PRIMARY = "finetune-seed"
INTERVALS = Intervals(n_bootstrap=200, confidence=0.95, seed=1)


@pytest.fixture
def study(scored):
    def make(skills, **provenance):
        """Return backbones with the skills of linear probe and fine-tuning."""
        return by_backbone(
            [
                scored(backbone, model, arm, skill=skill, seed=10 * place + seed, **provenance)
                for place, (backbone, pair) in enumerate(skills.items())
                for seed, (model, arm, skill) in enumerate(
                    (
                        ("linear_probe", "frozen head", pair[0]),
                        ("finetune-seed", "fine-tuning", pair[1]),
                    )
                )
            ],
            PRIMARY,
        )

    return make


def verdicts(standings):
    return [each.verdict for each in claims(standings, INTERVALS)]


def test_what_is_shown_is_supported(study):
    skills = {"resnet50": (0.3, 1.0), "vgg19": (0.3, 1.0), "inception_v3": (0.5, 2.5)}
    assert verdicts(study(skills)) == [SUPPORTED, NOT_SUPPORTED, SUPPORTED]


def test_the_opposite_is_not_supported(study):
    skills = {"resnet50": (1.0, 0.3), "vgg19": (2.5, 0.3), "inception_v3": (0.8, 0.2)}
    assert verdicts(study(skills)) == [NOT_SUPPORTED, SUPPORTED, NOT_SUPPORTED]


def test_what_the_cases_leave_open_is_not_decided(study):
    assert (
        verdicts(study({"resnet50": (0.5, 0.5), "inception_v3": (0.5, 0.5)})) == [NOT_DECIDED] * 3
    )


def test_without_inception_its_claim_is_not_decided(study):
    found = claims(study({"resnet50": (0.3, 1.0), "vgg19": (0.3, 1.0)}), INTERVALS)
    assert found[2].verdict == NOT_DECIDED
    assert "not both run" in found[2].measured


def conditions(size):
    return {
        "input_size": size,
        "class_weight": "balanced",
        "augmentation": "none",
        "configurations": 1,
        "networks": 1,
    }


def test_models_that_were_not_trained_alike_decide_nothing_between_them(scored):
    standings = by_backbone(
        [
            scored(backbone, model, arm, skill=skill, seed=seed, conditions=conditions(size))
            for backbone in ("resnet50", "vgg19")
            for seed, (model, arm, skill, size) in enumerate(
                (("linear_probe", "frozen head", 0.3, 224), ("a", "fine-tuning", 1.0, 128))
            )
        ],
        PRIMARY,
    )
    first, second, _ = claims(standings, INTERVALS)
    assert first.verdict == second.verdict == NOT_DECIDED
    assert "not trained alike (an input of 128 against 224 pixels)" in first.measured
    assert "no verdict" in answers(standings, INTERVALS)[2].words


@pytest.mark.parametrize(
    ("provenance", "reason"),
    [({"synthetic": True}, "synthetic"), ({"weights_random": True}, "random")],
)
def test_synthetic_images_and_random_weights_decide_nothing(study, provenance, reason):
    skills = {"resnet50": (0.3, 1.0), "vgg19": (0.3, 1.0), "inception_v3": (0.5, 2.5)}
    for claim in claims(study(skills, **provenance), INTERVALS):
        assert claim.verdict == NOT_DECIDED
        assert reason in claim.measured
