"""Stage evaluate: score and compare every model on the same held-out patients."""

from rich.console import Console

from heads import ENSEMBLE, HEADS
from pipeline import paths
from pipeline.cases import read_cases
from pipeline.evaluation.all_scores import all_scores
from pipeline.evaluation.bootstrap import Intervals
from pipeline.evaluation.comparison import TESTS, compare
from pipeline.evaluation.grouping import find_subgroups
from pipeline.evaluation.learning import learning_curve
from pipeline.evaluation.plots import write_plots
from pipeline.evaluation.recalibration import before_and_after
from pipeline.evaluation.study import Study
from pipeline.evaluation.subgroups import score_subgroups
from pipeline.evaluation.summary import FINETUNE, compared_models, summarise
from pipeline.evaluation.table import caption, table
from pipeline.params import load_params
from pipeline.predictions import read_predictions
from pipeline.stage import run
from radbank.files import write_json

MODELS = (*HEADS, ENSEMBLE, FINETUNE)


def main() -> None:
    """Read all predictions; write metrics/ (summary, scores, ...) and plots/."""
    params = load_params()
    settings = params.evaluate
    intervals = Intervals(
        n_bootstrap=settings.bootstrap, confidence=settings.confidence, seed=params.seed
    )
    study = Study.of({name: read_predictions(paths.PREDICTIONS / f"{name}.csv") for name in MODELS})
    subgroups = find_subgroups(read_cases(paths.CASES).frame, study.ids)
    learning = learning_curve(paths.CURVES)

    models = compared_models(study)
    comparisons = compare(models, **intervals)
    summary = summarise(study, comparisons, margin=settings.margin, **intervals)
    about = {
        "data": summary.heading.data,
        "weights": summary.heading.weights,
        "split": study.split,
        "split_note": summary.heading.split_note,
        "confidence": settings.confidence,
    }
    scores = all_scores(
        study,
        operating_points=settings.operating_points,
        prevalences=settings.prevalences,
        **intervals,
    )
    pairs = [
        each.to_dict(confidence=settings.confidence, margin=settings.margin) for each in comparisons
    ]
    calibration = before_and_after(study, settings.recalibration, **intervals)
    groups = score_subgroups(
        models, subgroups, confidence=settings.confidence, minimum=settings.minimum_group
    )

    write_plots(paths.PLOTS, study, learning, confidence=settings.confidence)
    write_json(paths.SCORES, {**about, **scores})
    write_json(
        paths.COMPARISONS, {**about, "tests": TESTS, "margin": settings.margin, "pairs": pairs}
    )
    write_json(
        paths.CALIBRATION, {**about, "method": settings.recalibration, "models": calibration}
    )
    write_json(
        paths.SUBGROUPS, {**about, "minimum_patients": settings.minimum_group, "groups": groups}
    )
    write_json(paths.SUMMARY, summary.to_dict())
    console = Console(width=100, highlight=False, markup=False)
    console.print(caption(summary.heading), table(summary), summary.conclusion, sep="\n")


if __name__ == "__main__":
    run(main)
