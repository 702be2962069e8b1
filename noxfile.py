"""`nox` runs what .ci/run does, each part in an environment of its own; `nox -l` lists the parts.

The newest Python is the newest for which all packages of constraints.txt have wheels.
"""

import nox

PYTHONS = ("3.11", "3.13")
CONSTRAINED = {"PIP_CONSTRAINT": "constraints.txt"}

nox.options.sessions = ["tests", "lint", "types"]
nox.options.error_on_missing_interpreters = True


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests with branch coverage: `nox -s tests-3.13 -- -k store`."""
    _install(session)
    # the floor is one of the whole suite
    coverage = {} if session.posargs else {"PYTEST_ADDOPTS": "--cov"}
    session.run("pytest", *session.posargs, env=coverage)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions that pyproject.toml admits."""
    session.install("-c", "constraints-lowest.txt", "-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[0])
def lint(session: nox.Session) -> None:
    """Check format, style, spelling and the form of files."""
    session.install("codespell", "pre-commit", "pre-commit-hooks", "ruff", env=CONSTRAINED)
    session.run("pre-commit", "run", "--all-files", env={"SKIP": "mypy"})


@nox.session(python=PYTHONS[0])
def types(session: nox.Session) -> None:
    """Check types."""
    _install(session)
    session.run("mypy")


@nox.session(python=PYTHONS[0])
def docs(session: nox.Session) -> None:
    """Run the blocks of code in README and docs, also those that are too slow for every test."""
    _install(session)
    session.run("pytest", "tests/test_docs.py", *session.posargs, env={"RADBANK_SLOW_DOCS": "1"})


def _install(session: nox.Session) -> None:
    """Install radbank with all that its tests need."""
    session.install("-e", ".[test]", env=CONSTRAINED)
