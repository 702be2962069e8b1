"""Where the stages read and write, relative to the folder of dvc.yaml."""

from pathlib import Path

DEMO = Path("data/raw/demo")
CASES = Path("data/cases.parquet")
QUARANTINE = Path("data/quarantine.csv")
IMAGES = Path("data/images.h5")
SPLITS = Path("data/splits.csv")
LEAKS = Path("data/leaks.csv")
FEATURES = Path("data/features")
MODELS = Path("models")
PREDICTIONS = Path("predictions")
OUT_OF_FOLD = PREDICTIONS / "cv"
CURVES = Path("curves/finetune")
LIMITS = Path("curves/limits")
METRICS = Path("metrics")
COST = METRICS / "cost"
LEAK_COUNTS = METRICS / "leaks.json"
SUMMARY = METRICS / "summary.json"
SCORES = METRICS / "scores.json"
COMPARISONS = METRICS / "comparisons.json"
CALIBRATION = METRICS / "calibration.json"
SUBGROUPS = METRICS / "subgroups.json"
SHORTCUTS = METRICS / "shortcuts.json"
CROSSVALIDATION = METRICS / "crossvalidation.json"
PLOTS = Path("plots")
REPORT = Path("report/index.html")


def feature_store(backbone: str) -> Path:
    """Return the path of a backbone's feature store."""
    return FEATURES / f"{backbone}.zarr"


def head_model(head: str) -> Path:
    """Return the folder of a trained head."""
    return MODELS / "heads" / head
