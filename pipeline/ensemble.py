"""Stage ensemble: the mean of the trained heads, each calibrated on validation."""

import time

from heads import get_head
from heads.ensemble import Ensemble
from pipeline import paths
from pipeline.artifacts.trained_model import TrainedModel
from pipeline.params import load_params
from pipeline.stage import run
from pipeline.training.cohort import read_cohort
from pipeline.training.fitted import write_fitted
from pipeline.training.spent import FittingSpent, read_spent
from radbank.meter import Meter


def main() -> None:
    """Read the heads that params.yaml names; write model, predictions, metrics and cost.

    What the ensemble costs is what its members and their calibration cost together.
    """
    start = time.perf_counter()
    params = load_params()
    cohort = read_cohort(params.backbone)
    names = params.ensemble.members
    members = {name: get_head(name).load(paths.model(name)) for name in names}
    n_train = max(TrainedModel.read(paths.model(name)).n_train for name in names)

    meter = Meter("cpu")
    ensemble = Ensemble.of(members, cohort.part("validation"))
    calibrating = FittingSpent(training=meter.lap())
    spent = FittingSpent.of_all([calibrating, *(read_spent(name) for name in names)])
    print(
        write_fitted(
            ensemble,
            cohort,
            n_train=n_train,
            spent=spent,
            start=start,
            evaluate=params.evaluate,
            seed=params.seed,
        )
    )


if __name__ == "__main__":
    run(main)
