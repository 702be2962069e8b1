import pytest
from dvclive import Live

from pipeline.artifacts.learning import learning_curve
from radbank.errors import RadbankError


@pytest.fixture
def folder(tmp_path):
    with Live(str(tmp_path), save_dvc_exp=False, dvcyaml=None, report=None) as live:
        for epoch in (1, 2):
            live.step = epoch
            live.log_metric("train/loss", 1 / epoch)
            live.log_metric("validation/loss", 2 / epoch)
            live.log_metric("validation/auc", epoch / 3)
            live.make_summary()
    return tmp_path


def test_dvclives_curves_become_one_table(folder):
    found = learning_curve(folder)
    assert found.columns.tolist() == ["epoch", "train_loss", "validation_loss", "validation_auc"]
    assert found.to_numpy().tolist() == [[1, 1, 2, 1 / 3], [2, 0.5, 1, 2 / 3]]


def test_a_missing_or_broken_curve_is_named(folder):
    path = folder / "plots/metrics/validation/auc.tsv"
    path.write_text("something else\n1\n")
    with pytest.raises(RadbankError, match=r"auc\.tsv has no columns 'step' and 'auc'"):
        learning_curve(folder)
    path.write_text("")
    with pytest.raises(RadbankError, match=r"auc\.tsv has no columns"):
        learning_curve(folder)
    path.unlink()
    with pytest.raises(RadbankError, match=r"no .*auc\.tsv: run `dvc repro finetune`"):
        learning_curve(folder)
