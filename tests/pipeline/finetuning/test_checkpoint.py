import numpy as np
import pytest

from heads.base import by_class
from pipeline.artifacts.trained_model import TrainedModel
from pipeline.finetuning import checkpoint
from pipeline.finetuning.best import Best
from pipeline.finetuning.checkpoint import write_checkpoint
from pipeline.finetuning.loop import Epoch

LABELS = np.array([0, 0, 1, 1])


@pytest.fixture
def model(backbone):
    return TrainedModel(
        kind="finetune",
        name="finetune",
        backbone="tiny",
        weights_name="random",
        weights_sha256="0" * 64,
        weights_random=True,
        preprocessing=backbone.preprocessing.to_dict(),
        image_size=16,
        layers=("penultimate",),
        precision="fp32",
        engine="eager",
        device="cpu",
        batch_size=16,
        seed=1,
        classes=("no", "yes"),
        threshold=0.5,
        synthetic=False,
        n_train=25,
    )


@pytest.fixture
def best(network):
    epoch = Epoch(
        number=2,
        learning_rate=0.1,
        loss=0.5,
        validation_loss=0.4,
        validation_auc=1.0,
        validation_probabilities=by_class(np.array([0.1, 0.2, 0.3, 0.4])),
    )
    return Best.of(epoch, network)


def test_a_checkpoint_is_a_whole_model(tmp_path, network, best, model):
    folder = tmp_path / "models/finetune"
    written = write_checkpoint(folder, best, model, LABELS)
    assert 0.2 < written.threshold <= 0.3  # chosen on the validation images of the best epoch
    assert TrainedModel.read(folder) == written
    network.restore(folder)


def test_the_same_weights_give_the_same_bytes(tmp_path, best, model):
    for name in ("a", "b"):
        write_checkpoint(tmp_path / name, best, model, LABELS)
    for file in ("model.safetensors", "model.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_failed_write_leaves_the_former_checkpoint(tmp_path, best, model, monkeypatch):
    folder = tmp_path / "finetune"
    write_checkpoint(folder, best, model, LABELS)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full_disk(state, folder):
        (folder / "model.safetensors").write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(checkpoint, "save_weights", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_checkpoint(folder, best, model, LABELS)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["finetune"]
