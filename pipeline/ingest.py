"""Stage ingest: labels, patients and headers in; cases and quarantine out."""

from pipeline.artifacts.cases import write_cases
from pipeline.ingestion.collection import collect, summarise
from pipeline.params import load_params
from pipeline.paths import CASES
from pipeline.stage import run


def main() -> None:
    """Read ``data.root``; write data/cases.parquet and data/quarantine.csv."""
    params = load_params()
    frame, listing = collect(params.data, scheduler=params.cluster.scheduler)
    write_cases(CASES, frame, listing.classes, listing.cautions)
    print(summarise(frame, listing))


if __name__ == "__main__":
    run(main)
