"""Who may import whom: what joins features and heads is the pipeline, and nothing else."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"radbank", "features", "heads", "pipeline"}
MAY_IMPORT = {
    "radbank": {"radbank"},
    "features": {"features", "radbank"},
    "heads": {"heads", "radbank"},
    "pipeline": PACKAGES,
}
DOOR = "radbank/__main__.py"  # the console command, which hands over to pipeline.cli


def imported_packages(source: str) -> set[str]:
    """Return the first name of every module that a file imports by name, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports here are absolute"
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            name = node.args[0]
            first = name.values[0] if isinstance(name, ast.JoinedStr) else name
            if isinstance(first, ast.Constant):
                found.add(first.value.split(".")[0])
    return found


def test_every_way_to_import_is_seen():
    source = (
        "import os, heads.mlp as m\n"
        "def f():\n    from pipeline.params import Params\n"
        "g = import_module('features.store')\n"
        "h = importlib.import_module(f'radbank.{g}')\n"
    )
    assert imported_packages(source) == {"os", "heads", "pipeline", "features", "radbank"}


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_packages_keep_to_their_side(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        ours = imported_packages(path.read_text(encoding="utf-8")) & PACKAGES
        name = path.relative_to(ROOT).as_posix()
        strangers = ours - MAY_IMPORT[package] - ({"pipeline"} if name == DOOR else set())
        assert not strangers, f"{name} imports {', '.join(sorted(strangers))}"


def test_only_stages_and_commands_read_params_yaml():
    programs = {*(ROOT / "pipeline").glob("*.py"), *(ROOT / "pipeline/commands").glob("*.py")}
    readers = {
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "load_params" in path.read_text(encoding="utf-8")
    }
    assert ROOT / "pipeline/split.py" in readers
    libraries = {path.relative_to(ROOT).as_posix() for path in readers - programs}
    assert not libraries, f"{', '.join(sorted(libraries))}: hand them what params.yaml says"


def test_a_public_class_has_a_name_of_its_own():
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found.setdefault(node.name, []).append(path.relative_to(ROOT).as_posix())
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}
