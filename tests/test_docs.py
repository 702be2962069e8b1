"""Every block of code in README and docs runs, in a copy of the project that has been run once.

A comment right above a block leaves it out, with the reason:
`<!-- not run: needs your own images -->`, or `<!-- slow: ... -->`, which `nox -s docs` runs.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"^(?:<!-- (?P<marker>not run|slow): (?P<reason>.+?) -->\n)?"
    r"```(?P<language>bash|python)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SMALL = {
    "demo": {"images": 40, "patients": 24},
    "data": {"max_quarantined": 0.2},  # the demo's three broken files are many of so few
    "heads": {"mlp": {"members": 1, "max_epochs": 3}, "lightgbm": {"max_rounds": 20}},
    "limits": {"repeats": 1, "patients": [1.0], "labels": [0.0], "balances": [0.5]},
    "finetune": {"epochs": 1, "warmup_epochs": 0, "image_size": 64},
    "evaluate": {"bootstrap": 100},
}


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
def project(tmp_path_factory):
    """Return a small copy of the project after `dvc repro`."""
    folder = tmp_path_factory.mktemp("docs")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, tracked.split("\0")):
        if not name.startswith(("tests/", "benchmarks/")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    yaml = YAML()
    params = yaml.load(folder / "params.yaml")
    merge(params, SMALL)
    yaml.dump(params, folder / "params.yaml")
    commands = (
        "git init --quiet && git add --all && git commit --quiet --message 'A project'",
        "dvc repro && git add --all && git commit --quiet --message 'Its results'",
    )
    for command in commands:
        bash(command, folder)
    return folder


def merge(content: dict, changes: dict) -> None:
    for key, value in changes.items():
        if isinstance(value, dict):
            merge(content[key], value)
        else:
            content[key] = value


def bash(code: str, folder: Path) -> str:
    """Run a block as a user would in the project's folder and environment; return its output."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(folder),
            "PYTHONWARNINGS": "default",
            **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "A Reader"),
            **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "reader@example.org"),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}"
    return done.stdout


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
    if block.language == "python":
        (project / "block.py").write_text(block.code, encoding="utf-8")
        bash("python -W error block.py", project)
    else:
        bash(block.code, project)
