"""From files through the stages to models, and from those to `radbank predict` on the files."""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from ruamel.yaml import YAML
from safetensors.numpy import load_file, save_file

from pipeline import extract, finetune, ingest, paths, prepare, split, train
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.predictions import read_predictions
from pipeline.artifacts.trained_model import TrainedModel, seal
from pipeline.cli import main
from radbank.files import read_json, sha256_file, write_json

ROOT = Path(__file__).resolve().parents[3]
HEAD = "models/heads/logistic_regression"
NETWORK = "models/finetune/finetune-seed"


def write_study():
    """Write 60 images of two classes and a params.yaml, and run the stages on them."""
    rng = np.random.default_rng(0)
    for i in range(60):
        pixels = rng.integers(0, 120, (40, 50))
        pixels[10:30, 15:35] += 40 * (i % 2)
        path = Path("raw", ("normal", "opaque")[i % 2], f"{i:02d}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    params = YAML(typ="safe").load(ROOT / "params.yaml")
    params |= {"backbone": "timm:test_efficientnet", "weights": "random"}
    params["data"] |= {"layout": "folder", "root": "raw", "groups": None}
    params["data"]["pseudonymise"] = False  # ids are compared with names of files
    params["prepare"]["size"] = 32
    params["features"] |= {"batch_size": 7, "views": 0, "layers": ["penultimate", "conv_stem"]}
    params["seeds"] = 1
    params["finetune"] |= {"batch_size": 8, "image_size": 32}
    for arm in params["finetune"]["arms"].values():
        arm |= {"epochs": 2, "warmup_epochs": 1, "learning_rate": arm["learning_rate"][:1]}
    params["evaluate"]["bootstrap"] = 100
    write_json("params.yaml", params)  # JSON is YAML
    shutil.copy(ROOT / "joins.csv", "joins.csv")
    for stage in (ingest, prepare, split, extract):
        stage.main()
    finetune.main(["finetune-seed"])
    train.main(["logistic_regression"])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the folder of a finished study; not to be changed."""
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_study()
    return folder


@pytest.fixture
def study(finished, tmp_path, monkeypatch):
    folder = tmp_path / "study"
    shutil.copytree(finished, folder)
    monkeypatch.chdir(folder)
    return folder


def table(text):
    rows = list(csv.reader(text.splitlines()))
    assert rows[0] == ["id", "probability", "predicted", "threshold"]
    for _, probability, predicted, threshold in rows[1:]:
        assert predicted == ("opaque" if float(probability) >= float(threshold) else "normal")
    return {name: float(probability) for name, probability, *_ in rows[1:]}


@pytest.mark.parametrize("model", [HEAD, NETWORK])
def test_old_images_get_the_probabilities_of_the_training(study, model, capsys):
    main(["predict", model, "raw"])
    out, err = capsys.readouterr()
    written = read_predictions(paths.predictions(Path(model).name)).frame
    (threshold,) = {row[3] for row in csv.reader(out.splitlines()[1:])}
    assert float(threshold) == TrainedModel.read(Path(model)).threshold
    of_case = read_cases("data/cases.parquet").frame.set_index("id")["path"]
    expected = {f"raw/{of_case[row.id]}": row.probability for row in written.itertuples()}
    # an image's place in a batch may change the rounding
    assert table(out) == pytest.approx(expected, rel=1e-4)
    assert len(expected) == 60
    assert "probability of 'opaque' (against 'normal')" in err
    assert "RANDOM WEIGHTS" in err
    assert "SYNTHETIC" not in err


def test_unreadable_files_are_left_out_and_named(study, capsys):
    Path("new.dcm").write_text("no image")
    with pytest.raises(SystemExit) as end:
        main(["predict", NETWORK, "raw/normal/00.png", "new.dcm", "--output", "out/x.csv"])
    assert end.value.code == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert list(table(Path("out/x.csv").read_text())) == ["raw/normal/00.png"]
    assert "left out: new.dcm: it is not a DICOM, PNG, JPEG or TIFF file" in err
    assert "error: 1 of 2 files could not be read." in err


def write_frames(path, *pictures):
    """Write a DICOM file of several frames."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = "1.2.3", "1.2.3.4"
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.3", "1.2.3.4"
    dataset.Rows, dataset.Columns = pictures[0].shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelRepresentation = 0
    dataset.NumberOfFrames = len(pictures)
    dataset.PixelData = b"".join(picture.tobytes() for picture in pictures)
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path, enforce_file_format=True)


def test_one_of_several_frames_is_chosen(study, capsys):
    names = ["raw/normal/00.png", "raw/opaque/01.png"]
    write_frames("two.dcm", *(np.asarray(Image.open(name)) for name in names))
    main(["predict", NETWORK, *names])
    alone = table(capsys.readouterr().out)
    for number, name in enumerate(names, start=1):
        main(["predict", NETWORK, "two.dcm", "--frame", str(number)])
        assert table(capsys.readouterr().out) == {"two.dcm": pytest.approx(alone[name], rel=1e-4)}
    assert alone[names[0]] != pytest.approx(alone[names[1]], rel=1e-4)
    err = predict_fails(capsys, NETWORK, "two.dcm", "--frame", "3")
    assert "left out: two.dcm: the file holds no frame 3" in err
    assert "left out: two.dcm: the file holds several frames" in (
        predict_fails(capsys, NETWORK, "two.dcm")
    )
    assert "frames are counted from 1" in predict_fails(capsys, NETWORK, "raw", "--frame", "0")


def change_model(model, **values):
    path = Path(model, "model.json")
    content = read_json(path) | values
    del content["sha256"]
    write_json(path, content | {"sha256": seal(content)})


def predict_fails(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main(["predict", *arguments])
    assert end.value.code == 1
    return capsys.readouterr().err


def test_other_weights_are_refused(study, capsys):
    change_model(HEAD, weights_sha256="f" * 64)
    assert "was trained on timm:test_efficientnet with the weights random (sha256 fff" in (
        predict_fails(capsys, HEAD, "raw")
    )


@pytest.mark.parametrize("model", [HEAD, NETWORK])
def test_another_preprocessing_is_refused(study, model, capsys):
    preprocessing = read_json(Path(model, "model.json"))["preprocessing"]
    change_model(model, preprocessing=preprocessing | {"mean": [0.1, 0.1, 0.1]})
    assert "was trained on images prepared as" in predict_fails(capsys, model, "raw")


def test_synthetic_training_is_said(study, capsys):
    change_model(NETWORK, synthetic=True)
    main(["predict", NETWORK, "raw/normal/00.png"])
    assert "SYNTHETIC IMAGES" in capsys.readouterr().err


def test_a_network_brings_its_own_weights(study, capsys):
    assert "leave --weights out" in predict_fails(capsys, NETWORK, "raw", "--weights", "x.pth")


def test_a_folder_without_a_model_is_named(study, capsys):
    assert "There is no trained model in raw" in predict_fails(capsys, "raw", "raw")


def test_weights_of_another_network_are_refused(study, capsys):
    change_model(NETWORK, backbone="timm:test_resnet")
    assert "error: " in predict_fails(capsys, NETWORK, "raw")


@pytest.mark.parametrize("kept", ["raw", "params.yaml", "."])
def test_an_existing_folder_or_another_file_is_not_replaced(study, capsys, kept):
    Path("params.yaml").touch()
    with pytest.raises(SystemExit):
        main(["predict", NETWORK, "raw/normal/00.png", "--output", kept])
    assert f"error: --output is {kept}, which exists and is no output" in capsys.readouterr().err
    assert Path("raw/normal/00.png").is_file()
    assert Path("params.yaml").is_file()


def test_an_earlier_table_is_replaced(study):
    first, second = (path.as_posix() for path in sorted(Path("raw/normal").iterdir())[:2])
    for image in (first, second):
        main(["predict", NETWORK, image, "--output", "x.csv"])
    assert list(table(Path("x.csv").read_text())) == [second]


def test_an_altered_file_of_a_model_is_one_sentence(study, capsys):
    weights = next(Path(HEAD).glob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert f"error: {weights} was altered since the model was trained" in predict_fails(
        capsys, HEAD, "raw"
    )


def arrays_of_another_width(folder):
    path = next(folder.glob("*.safetensors"))
    arrays = load_file(path)
    save_file({name: array[..., :1].copy() for name, array in arrays.items()}, path)


def arrays_that_are_no_numbers(folder):
    path = next(folder.glob("*.safetensors"))
    save_file({name: array * np.float32(np.nan) for name, array in load_file(path).items()}, path)


def other_arrays(folder):
    save_file({"x": np.zeros(3)}, next(folder.glob("*.safetensors")))


def settings_that_are_none(folder):
    (folder / "head.json").write_text("[1]")


@pytest.mark.parametrize(
    "forge",
    [
        arrays_of_another_width,
        arrays_that_are_no_numbers,
        other_arrays,
        settings_that_are_none,
    ],
)
def test_a_forged_file_under_its_right_sum_is_one_sentence(study, capsys, forge):
    folder = Path(HEAD)
    forge(folder)
    change_model(
        HEAD, files={p.name: sha256_file(p) for p in folder.iterdir() if p.name != "model.json"}
    )
    printed = predict_fails(capsys, HEAD, "raw")
    assert printed.count("error: ") == 1
    assert "train it again" in printed or "train the head again" in printed
