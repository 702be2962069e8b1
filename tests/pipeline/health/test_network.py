import pytest
import timm

from pipeline.health.network import check_network

pytestmark = pytest.mark.skipif("test_vit_relpos" not in timm.list_models(), reason="timm is older")


def changed(params, block, **values):
    new = getattr(params, block).model_copy(update=values)
    tiny = {"backbone": "timm:test_vit_relpos", block: new}
    return params.model_copy(update=tiny)


def test_what_will_be_computed_is_said(params):
    check = check_network(changed(params, "finetune", image_size=None))
    assert check.status == "ok"
    assert "features of penultimate at 160 pixels; fine-tuned at 160 pixels" in check.finding


@pytest.mark.parametrize(
    ("block", "values", "named"),
    [
        ("finetune", {"image_size": 64}, "finetune.image_size"),
        ("features", {"layers": ["blocks.99"]}, "features.layers"),
    ],
)
def test_what_the_network_cannot_do_fails(params, block, values, named):
    check = check_network(changed(params, block, **values))
    assert check.status == "fail"
    assert named in check.finding
