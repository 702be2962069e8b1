"""Stage evaluate: score every model on the same held-out patients, with intervals."""

from rich.console import Console

from heads import ENSEMBLE, HEADS
from pipeline import paths
from pipeline.evaluation.learning import learning_curve
from pipeline.evaluation.plots import write_plots
from pipeline.evaluation.study import Study
from pipeline.evaluation.summary import FINETUNE, summarise
from pipeline.evaluation.table import caption, table
from pipeline.params import load_params
from pipeline.predictions import read_predictions
from pipeline.stage import run
from radbank.files import write_json

MODELS = (*HEADS, ENSEMBLE, FINETUNE)


def main() -> None:
    """Read all predictions; write metrics/summary.json and plots/."""
    params = load_params()
    study = Study.of({name: read_predictions(paths.PREDICTIONS / f"{name}.csv") for name in MODELS})
    summary = summarise(
        study,
        n_bootstrap=params.evaluate.bootstrap,
        confidence=params.evaluate.confidence,
        seed=params.seed,
    )
    learning = learning_curve(paths.CURVES)
    write_plots(paths.PLOTS, study, learning, confidence=params.evaluate.confidence)
    write_json(paths.SUMMARY, summary.to_dict())
    console = Console(width=100, highlight=False, markup=False)
    console.print(caption(summary.heading), table(summary), summary.conclusion, sep="\n")


if __name__ == "__main__":
    run(main)
