"""The last stage: the evidence on one page, report/index.html."""

from pipeline import paths
from pipeline.params import load_params
from pipeline.reporting.evidence import read_evidence
from pipeline.reporting.page import render
from pipeline.stage import run
from radbank.files import write_text


def main() -> None:
    """Read what the other stages wrote and write the page."""
    write_text(paths.REPORT, render(read_evidence(load_params())))


if __name__ == "__main__":
    run(main)
