"""Stage ingest: labels, patients and headers in; cases and quarantine out."""

from pipeline.artifacts.cases import write_cases
from pipeline.ingestion.collection import collect, summarise
from pipeline.ingestion.second_reading import apply_readings
from pipeline.params import load_params
from pipeline.paths import CASES
from pipeline.stage import run


def main() -> None:
    """Read ``data.root``; write data/cases.parquet and data/quarantine.csv."""
    params = load_params()
    frame, listing = collect(params.data, scheduler=params.cluster.scheduler)
    frame, read_again = apply_readings(frame, listing.classes, params.data.readings)
    write_cases(CASES, frame, listing.classes, (*listing.cautions, *read_again))
    print("\n".join([summarise(frame, listing), *read_again]))


if __name__ == "__main__":
    run(main)
