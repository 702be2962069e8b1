"""Stage `demo`: write the synthetic cohort that the pipeline runs on out of the box."""

from pipeline.params import load_params
from pipeline.paths import DEMO
from pipeline.phantom.cohort import write_cohort
from pipeline.phantom.plan import plan_cohort
from pipeline.stage import run


def main() -> None:
    """Plan and write the cohort below data/raw/demo."""
    params = load_params()
    write_cohort(DEMO, plan_cohort(params.demo.images, params.demo.patients, params.seed))


if __name__ == "__main__":
    run(main)
