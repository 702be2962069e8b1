"""The sections of the page, one a file, in the order in which they are shown."""

from radbank.registry import Registry

_HERE = "pipeline.reporting.sections"
SECTIONS = Registry(
    "report section",
    {
        name: f"{_HERE}.{name}:section"
        for name in (
            "answer",
            "models",
            "floors",
            "cost",
            "pairs",
            "curves",
            "decisions",
            "subgroups",
            "experiments",
            "cohort",
            "leaks",
            "methods",
            "limits",
            "provenance",
        )
    },
)
