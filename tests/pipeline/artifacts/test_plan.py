from pipeline.artifacts.plan import PrimaryComparison

FIXED = {
    "first": "finetune-seed",
    "second": "mlp",
    "inner_auc": {"mlp": 0.8, "lightgbm": None},
    "margin": 0.02,
    "margin_reason": "readers differ by more",
    "confidence": 0.95,
}


def test_the_hash_is_of_the_content_whatever_its_order():
    plan = PrimaryComparison.of(**FIXED)
    assert len(plan.sha256) == 64
    turned = {**FIXED, "inner_auc": {"lightgbm": None, "mlp": 0.8}}
    assert PrimaryComparison.of(**turned).sha256 == plan.sha256
    assert PrimaryComparison.model_validate(plan.model_dump()) == plan


def test_whatever_is_changed_changes_the_hash():
    hashes = {PrimaryComparison.of(**FIXED).sha256}
    changes = {
        "first": "last-block",
        "second": None,
        "inner_auc": {"mlp": 0.81},
        "margin": 0.03,
        "margin_reason": None,
        "confidence": 0.9,
    }
    for key, value in changes.items():
        hashes.add(PrimaryComparison.of(**{**FIXED, key: value}).sha256)
    assert len(hashes) == 1 + len(changes)
