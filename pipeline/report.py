"""The last stage: the evidence on one page, report/index.html."""

from pipeline import paths
from pipeline.params import load_params
from pipeline.reporting.evidence import read_evidence
from pipeline.reporting.page import render
from pipeline.stage import run
from radbank.console import plain_console
from radbank.files import write_text


def main() -> None:
    """Read what the other stages wrote, write the page and say the conclusion."""
    evidence = read_evidence(load_params())
    write_text(paths.REPORT, render(evidence))
    plain_console(width=100).print(
        evidence.summary.conclusion, f"The report: {paths.REPORT.absolute()}", sep="\n\n"
    )


if __name__ == "__main__":
    run(main)
