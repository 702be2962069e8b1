"""Stage evaluate: score and compare every model on the same held-out patients."""

from pipeline import paths
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.document import read_document, write_document
from pipeline.artifacts.head_metrics import HeadMetrics
from pipeline.artifacts.headline import Headline
from pipeline.artifacts.learning import learning_curve
from pipeline.artifacts.plan import PrimaryComparison
from pipeline.artifacts.predictions import read_predictions
from pipeline.evaluation.outcome import evaluate
from pipeline.evaluation.plots import write_plots
from pipeline.evaluation.recalibration import recalibrated
from pipeline.evaluation.study import best_of
from pipeline.evaluation.table import caption, table
from pipeline.params import load_params
from pipeline.probing.floors import METADATA, SHUFFLED, floors
from pipeline.stage import run
from pipeline.statistics.bootstrap import Intervals
from radbank.console import plain_console


def main() -> None:
    """Read all predictions; write metrics/ (summary, study, scores, ...) and plots/."""
    params = load_params()
    settings = params.evaluate
    intervals = Intervals(
        n_bootstrap=settings.bootstrap, confidence=settings.confidence, seed=params.seed
    )
    inner = {name: read_document(HeadMetrics, paths.metrics(name)) for name in params.heads.names}
    inner_auc = {name: found.inner_cv.auc for name, found in inner.items()}
    plan = PrimaryComparison.of(
        first=settings.primary,
        second=best_of(inner_auc),
        inner_auc=inner_auc,
        margin=settings.margin,
        margin_reason=settings.margin_reason,
        confidence=settings.confidence,
    )
    write_document(paths.PLAN, plan)  # before anything of test is read
    predictions = {name: read_predictions(paths.predictions(name)) for name in params.models}
    cases = read_cases(paths.CASES).frame
    found = evaluate(predictions, plan, cases, settings, intervals)
    trained = {
        name: read_predictions(paths.FLOOR_PREDICTIONS / f"{name}.csv")
        for name in (METADATA, SHUFFLED)
    }
    beside = floors(found.study, trained, cases, found.summary, intervals)
    conclusion = f"{found.summary.conclusion} {beside.sentence}"
    summary = found.summary.model_copy(update={"conclusion": conclusion})

    learning = {name: learning_curve(paths.curves(name)) for name in params.finetune.arms.names}
    corrected = {
        name: recalibrated(scores, settings.recalibration)
        for name, scores in found.study.models.items()
    }
    write_plots(
        paths.PLOTS, found.study.reported, learning, corrected, confidence=settings.confidence
    )
    for path, content in {
        paths.SCORES: found.scores,
        paths.COMPARISONS: found.comparisons,
        paths.CALIBRATION: found.calibration,
        paths.SUBGROUPS: found.subgroups,
        paths.FLOORS: beside,
        paths.SUMMARY: summary,
        paths.HEADLINE: Headline.of(summary),
    }.items():
        write_document(path, content)
    console = plain_console(width=100)
    console.print(caption(summary), table(summary, found.study.task), summary.conclusion, sep="\n")


if __name__ == "__main__":
    run(main)
