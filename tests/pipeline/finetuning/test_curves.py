import numpy as np

from pipeline.finetuning.curves import write_curves
from pipeline.finetuning.epoch import Epoch


def write(folder):
    epochs = [
        Epoch(
            number=number,
            learning_rate=0.1 / number,
            loss=0.5 / number,
            validation_loss=0.75 / number,
            validation_auc=0.25 * number,
            validation_probabilities=np.empty(0),
        )
        for number in (1, 2)
    ]
    write_curves(folder, epochs)


def contents(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_curves_are_tables_without_times_and_nothing_else(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "curves")
    files = contents(tmp_path)
    assert sorted(files) == [
        "curves/metrics.json",
        "curves/plots/metrics/learning_rate.tsv",
        "curves/plots/metrics/train/loss.tsv",
        "curves/plots/metrics/validation/auc.tsv",
        "curves/plots/metrics/validation/loss.tsv",
    ]
    assert files["curves/plots/metrics/validation/auc.tsv"] == "step\tauc\n1\t0.25\n2\t0.5\n"
    assert not caplog.records


def test_a_second_run_starts_afresh_with_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "curves")
    first = contents(tmp_path)
    write(tmp_path / "curves")
    assert contents(tmp_path) == first
