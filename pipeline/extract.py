"""Stage extract: run the frozen backbone once over the images that it never saw before."""

import time

from features.bank.bank import Bank
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.cost import EXTRACTION, write_cost
from pipeline.artifacts.images import open_images
from pipeline.artifacts.splits import read_splits
from pipeline.extraction.cost import cost_of
from pipeline.extraction.distributed import embeddings_of
from pipeline.extraction.output import join, summary, write
from pipeline.params import load_params
from pipeline.paths import CASES, IMAGES, SPLITS
from pipeline.stage import run
from radbank.memory import keep_large_blocks


def main() -> None:
    """Read images and splits; write the feature store and what it cost."""
    keep_large_blocks()
    params = load_params()
    start = time.perf_counter()
    cases = read_cases(CASES)
    with open_images(IMAGES) as images:
        coords = join(cases, read_splits(SPLITS), images.ids)
        with embeddings_of(params, images, Bank()) as embeddings:
            embeddings.compute(embeddings.lacking)
            write(params, embeddings, cases, images, coords)
        elsewhere = params.cluster.scheduler is not None
        cost = cost_of(embeddings, time.perf_counter() - start, elsewhere=elsewhere)
    write_cost(EXTRACTION, cost)
    print(summary(params, embeddings, cases, cost))


if __name__ == "__main__":
    run(main)
