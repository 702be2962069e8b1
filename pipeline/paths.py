"""Where the stages read and write, relative to the folder of dvc.yaml."""

from pathlib import Path

from heads import ENSEMBLE
from pipeline.finetuning.arms import ARMS

DEMO = Path("data/raw/demo")
FINGERPRINT = Path("data/fingerprint.json")
CASES = Path("data/cases.parquet")
QUARANTINE = Path("data/quarantine.csv")
IMAGES = Path("data/images.h5")
SPLITS = Path("data/splits.csv")
LEAKS = Path("data/leaks.csv")
FEATURES = Path("data/features")
MODELS = Path("models")
PREDICTIONS = Path("predictions")
FLOOR_PREDICTIONS = PREDICTIONS / "floors"
OUT_OF_FOLD = PREDICTIONS / "cv"
OUT_OF_FOLD_FINETUNE = PREDICTIONS / "cv_finetune"
LIMITS = Path("curves/limits")
METRICS = Path("metrics")
COST = METRICS / "cost"
LEAK_COUNTS = METRICS / "leaks.json"
PLAN = METRICS / "plan.json"
SUMMARY = METRICS / "summary.json"
HEADLINE = METRICS / "study.json"
SCORES = METRICS / "scores.json"
COMPARISONS = METRICS / "comparisons.json"
CALIBRATION = METRICS / "calibration.json"
SUBGROUPS = METRICS / "subgroups.json"
FLOORS = METRICS / "floors.json"
SHORTCUTS = METRICS / "shortcuts.json"
CROSSVALIDATION = METRICS / "crossvalidation.json"
PLOTS = Path("plots")
REPORT = Path("report/index.html")


def feature_store(backbone: str) -> Path:
    """Return the path of a backbone's feature store."""
    return FEATURES / f"{backbone}.zarr"


def model(name: str) -> Path:
    """Return the folder of a trained model."""
    return _of_model(MODELS, name)


def predictions(name: str) -> Path:
    """Return the table of a model's predictions."""
    return _of_model(PREDICTIONS, f"{name}.csv")


def metrics(name: str) -> Path:
    """Return the file of a model's scores on validation."""
    return _of_model(METRICS, f"{name}.json")


def crossvalidation(arm: str) -> Path:
    """Return the file of an arm's scores out of fold."""
    return METRICS / "cv_finetune" / f"{arm}.json"


def cost(name: str) -> Path:
    """Return the file that says what a model's training cost."""
    return _of_model(COST, f"{name}.json")


def curves(arm: str) -> Path:
    """Return the folder of an arm's learning curves."""
    return _of_model(Path("curves"), arm)


def limits(arm: str) -> Path:
    """Return the folder of an arm's curves over patients and wrong labels."""
    return LIMITS / "finetune" / arm


def _of_model(folder: Path, file: str) -> Path:
    """Return a path in `folder`.

    What heads write lies apart, and what arms of fine-tuning write, so that DVC can watch all of
    either.
    """
    name = file.removesuffix(Path(file).suffix)
    if name == ENSEMBLE:
        return folder / file
    return folder / ("finetune" if name in ARMS else "heads") / file
