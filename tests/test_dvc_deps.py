"""A stage reruns when the code it is made of changes: dvc.yaml watches all that a stage imports."""

import ast
from collections.abc import Iterator
from functools import cache, reduce
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
OURS = ("radbank", "pipeline", "features", "heads")
STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
PARAMS = YAML(typ="safe").load(ROOT / "params.yaml")
CACHED = [stage for stage in STAGES if not STAGES[stage].get("always_changed")]
PASSED_OVER = {"size", "nfiles"}  # keys that DVC leaves out of the key of its run cache
# cannot change what a stage writes: how it starts and ends, where it reads, settings whose values
# DVC watches as params, words on the screen, memory, seconds and energy, names of
# things
HARMLESS = {
    "pipeline/__init__.py",
    "pipeline/params.py",
    "pipeline/paths.py",
    "pipeline/stage.py",
    "radbank/__init__.py",
    "radbank/console.py",
    "radbank/energy.py",
    "radbank/errors.py",
    "radbank/memory.py",
    "radbank/meter.py",
    "radbank/progress.py",
    "radbank/registry.py",
}


def definition(stage: str) -> dict:
    """Return a stage, or what a foreach stage does."""
    return STAGES[stage].get("do", STAGES[stage])


def program(about: dict) -> str:
    """Return the file that a stage runs."""
    return f"{about['cmd'].split()[2].replace('.', '/')}.py"


def imported(tree: ast.AST) -> Iterator[str]:
    """Name what a module imports when it runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from imported(node)


def file_of(module: str) -> str | None:
    """Return the file of one of our modules, or None."""
    if module.split(".", maxsplit=1)[0] not in OURS:
        return None
    stem = module.replace(".", "/")
    return next((f for f in (f"{stem}.py", f"{stem}/__init__.py") if (ROOT / f).is_file()), None)


@cache
def imports(file: str) -> frozenset[str]:
    """Return the files of ours that a file imports, and the packages that they lie in.

    A package with a registry imports all of its modules by name.
    """
    modules = set(imported(ast.parse((ROOT / file).read_text(encoding="utf-8"))))
    declared: set[str] = set()
    if "radbank.registry.Registry" in modules:
        below = (ROOT / file).parent.rglob("*.py")
        declared = {path.relative_to(ROOT).as_posix() for path in below}
    packages = {module.rsplit(".", n)[0] for module in modules for n in range(module.count("."))}
    found = {file for module in modules | packages if (file := file_of(module))}
    return frozenset(found | declared)


def only_says_what_it_is(file: str) -> bool:
    """Return whether a file is a docstring and nothing else, which can change no output."""
    return len(ast.parse((ROOT / file).read_text(encoding="utf-8")).body) <= 1 and file.endswith(
        "__init__.py"
    )


def all_imports(file: str) -> set[str]:
    """Return what a file imports, what that imports, and so on, but for the harmless."""
    seen, waiting = set(), {file}
    while waiting:
        seen |= waiting
        waiting = {each for file in waiting for each in imports(file)} - seen - HARMLESS
    return seen


def watched(file: str, deps: list[str]) -> bool:
    """Return whether a file is a dependency, or lies in a folder that is one."""
    return any(file == dep or file.startswith(f"{dep}/") for dep in deps)


@pytest.mark.parametrize("stage", CACHED)
def test_all_that_a_stage_imports_is_watched(stage):
    about = definition(stage)
    forgotten = {
        file
        for file in all_imports(program(about))
        if not watched(file, about["deps"]) and not only_says_what_it_is(file)
    }
    assert not forgotten, f"{stage} does not watch {sorted(forgotten)}"


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_stage_watches_exists_and_is_imported(stage):
    about = definition(stage)
    needed = all_imports(program(about))
    for dep in about["deps"]:
        if dep.split("/")[0] in OURS:
            assert (ROOT / dep).exists(), dep
            assert any(watched(file, [dep]) for file in needed), f"{stage} never imports {dep}"


def keys_below(block: object) -> Iterator[str]:
    """Return the keys at every depth of what a parameter holds."""
    if isinstance(block, dict):
        for key, value in block.items():
            yield key
            yield from keys_below(value)


@pytest.mark.parametrize("stage", STAGES)
def test_the_run_cache_tells_all_values_of_params_apart(stage):
    for name in definition(stage).get("params", []):
        key, *_ = name.split(".${")  # of a head or an arm: all of them
        block = reduce(dict.__getitem__, key.split("."), PARAMS)
        hidden = PASSED_OVER & set(keys_below(block))
        assert not hidden, f"{stage} must name {name}.{hidden.pop()} itself"


def test_the_report_watches_every_setting():
    watched = set(definition("report")["params"])
    beside = {f"{block}.{key}" for block in PARAMS.keys() - watched for key in PARAMS[block]}
    assert beside == {"prepare.size"} <= watched


def test_imports_are_followed_but_for_those_of_types(tmp_path):
    source = (
        "import os\nfrom heads.mlp import MLP\n"
        "if TYPE_CHECKING:\n    import pipeline.params\n"
        "def late():\n    import radbank.home\n"
    )
    found = {file for module in imported(ast.parse(source)) if (file := file_of(module))}
    assert found == {"heads/mlp.py", "radbank/home.py"}
    assert "radbank/files.py" in all_imports("heads/mlp.py")


def test_what_a_registry_declares_is_followed():
    assert "heads/mlp_training.py" in all_imports("pipeline/train.py")
    assert "pipeline/evaluation/subgroups.py" in all_imports("pipeline/report.py")
