"""Every block of code in README and docs runs, in a copy of the project that has been run once.

A comment right above a block leaves it out, with the reason:
`<!-- not run: needs your own images -->`, or `<!-- slow: ... -->`, which `nox -s docs` runs.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"^(?:<!-- (?P<marker>not run|slow): (?P<reason>.+?) -->\n)?"
    r"```(?P<language>bash|python)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block of code and whether it is to run."""

    place: str
    language: str
    code: str
    marker: str | None
    reason: str | None


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            f"{page.relative_to(ROOT).as_posix()}:{text.count(chr(10), 0, found.start('code'))}",
            *found.group("language", "code", "marker", "reason"),
        )
        for found in BLOCK.finditer(text)
    ]


BLOCKS = [block for page in PAGES for block in blocks(page)]
RUN = [block for block in BLOCKS if block.marker != "not run"]


@pytest.fixture(scope="module")
def project(reproduced, tmp_path_factory):
    project = reproduced.copy_to(tmp_path_factory.mktemp("docs"))
    project.commit("Its results")
    return project


def test_every_block_is_found():
    fences = sum(
        len(re.findall(r"^```(?:bash|python)$", page.read_text(encoding="utf-8"), re.MULTILINE))
        for page in PAGES
    )
    assert len(BLOCKS) == fences
    assert len(RUN) >= 8


def test_every_marker_stands_above_a_block():
    markers = sum(
        len(re.findall(r"^<!-- (?:not run|slow)\b", page.read_text(encoding="utf-8"), re.MULTILINE))
        for page in PAGES
    )
    assert markers == sum(block.marker is not None for block in BLOCKS)


def test_every_link_leads_to_a_file():
    for page in (*PAGES, ROOT / "SECURITY.md", ROOT / "CHANGELOG.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


@pytest.mark.parametrize("block", RUN, ids=lambda block: block.place)
def test_the_block_runs(block, project):
    if block.marker == "slow" and not os.environ.get("RADBANK_SLOW_DOCS"):
        pytest.skip(f"{block.reason}: `nox -s docs` runs it")
    if project("git", "status", "--porcelain", "--untracked-files=no"):
        # An experiment of an earlier block has left its params.yaml and its outputs here.
        project("git", "checkout", "--quiet", "--", ".")
        project("dvc", "checkout", "--quiet")
    if block.language == "python":
        (project.folder / "block.py").write_text(block.code, encoding="utf-8")
        project("python", "-W", "error", "block.py")
    else:
        project("bash", "-euo", "pipefail", "-c", block.code)
