"""How templates become pages: escaping, strictness and the one style sheet."""

from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from radbank.visible import visible

_PACKAGE = "pipeline.reporting"


def environment() -> Environment:
    """Return the environment of templates/; text is escaped, an unknown variable is an error."""
    return Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )


def _finalize(value: object) -> object:
    """Show the control characters of a text; what is markup already came from here."""
    return visible(value) if type(value) is str else value


def style_sheet() -> Markup:
    """Return the style sheet of every page."""
    path = resources.files(_PACKAGE).joinpath("templates/report.css")
    return Markup(path.read_text("utf-8"))  # noqa: S704 - our own file
