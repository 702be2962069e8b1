"""A stage reruns when the code it is made of changes: dvc.yaml names what each stage imports."""

import ast
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
# of every stage: how it starts, where it reads, and settings whose values DVC watches as params
COMMON = {"pipeline/params.py", "pipeline/paths.py", "pipeline/stage.py"}


def imported_files(source: Path) -> set[str]:
    """Return the files of ours that a file imports by name."""
    modules = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    files = {f"{module.replace('.', '/')}.py" for module in modules}
    return {file for file in files if not file.startswith("radbank") and (ROOT / file).is_file()}


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_stage_imports_is_watched(stage):
    module = re.search(r"-m (\S+)", STAGES[stage]["cmd"])[1]
    watched = STAGES[stage]["deps"]
    for file in imported_files(ROOT / f"{module.replace('.', '/')}.py") - COMMON:
        assert any(file == dep or file.startswith(f"{dep}/") for dep in watched), file
