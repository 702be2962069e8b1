"""Stage evaluate: score and compare every model on the same held-out patients."""

from rich.console import Console

from pipeline import paths
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.predictions import read_predictions
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.learning import learning_curve
from pipeline.evaluation.multiclass.outcome import more_classes
from pipeline.evaluation.outcome import two_classes
from pipeline.evaluation.plots import write_plots
from pipeline.evaluation.summary import summarise
from pipeline.evaluation.table import caption, table
from pipeline.params import load_params
from pipeline.stage import run
from radbank.files import write_json


def main() -> None:
    """Read all predictions; write metrics/ (summary, scores, ...) and plots/."""
    params = load_params()
    settings = params.evaluate
    intervals = Intervals(
        n_bootstrap=settings.bootstrap, confidence=settings.confidence, seed=params.seed
    )
    predictions = {name: read_predictions(paths.predictions(name)) for name in params.models}
    evaluate = two_classes if len(predictions[paths.FINETUNE].classes) == 2 else more_classes
    found = evaluate(predictions, read_cases(paths.CASES).frame, settings, intervals)
    summary = summarise(found.study, found.comparisons, margin=settings.margin, **intervals)
    about = {
        "data": summary.heading.data,
        "weights": summary.heading.weights,
        "split": found.study.split,
        "split_note": summary.heading.split_note,
        "confidence": settings.confidence,
    }
    pairs = [
        each.to_dict(confidence=settings.confidence, margin=settings.margin)
        for each in found.comparisons
    ]

    learning = learning_curve(paths.CURVES)
    write_plots(paths.PLOTS, found.study, learning, confidence=settings.confidence)
    write_json(paths.SCORES, {**about, **found.scores})
    write_json(
        paths.COMPARISONS,
        {**about, "tests": found.tests, "margin": settings.margin, "pairs": pairs},
    )
    write_json(paths.CALIBRATION, {**about, **found.calibration})
    write_json(
        paths.SUBGROUPS,
        {**about, "minimum_patients": settings.minimum_group, "groups": found.subgroups},
    )
    write_json(paths.SUMMARY, summary.to_dict())
    console = Console(width=100, highlight=False, markup=False)
    console.print(caption(summary.heading), table(summary), summary.conclusion, sep="\n")


if __name__ == "__main__":
    run(main)
