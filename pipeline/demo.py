"""Stage `demo`: write the synthetic cohort that the pipeline runs on out of the box."""

from pathlib import Path

from pipeline.params import load_params
from pipeline.paths import DEMO
from pipeline.phantom.cohort import write_cohort
from pipeline.phantom.plan import plan_cohort
from pipeline.stage import run
from radbank.files import write_text

_NONE = "data.root names other images: no demo cohort is made"


def main() -> None:
    """Plan and write the cohort below data/raw/demo; nothing where the images are others."""
    params = load_params()
    if Path(params.data.root) != DEMO:
        write_text(DEMO / "none.txt", f"{_NONE}\n")  # DVC warns of an empty folder
        print(_NONE)
        return
    write_cohort(DEMO, plan_cohort(params.demo.images, params.demo.patients, params.seed))


if __name__ == "__main__":
    run(main)
