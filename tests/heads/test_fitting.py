"""What a head says of its fit: the modules that it imports, and how many numbers it set."""

import ast
import inspect
import subprocess
import sys
import textwrap

import pytest

from heads import HEADS, get_head
from heads.ensemble import Ensemble


@pytest.mark.parametrize("name", HEADS)
def test_what_fit_imports_is_declared(name):
    head = get_head(name)
    tree = ast.parse(textwrap.dedent(inspect.getsource(head.fit)))
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    assert found <= set(head.fitted_by)


FIT = """
import sys
import numpy as np
from heads import get_head
from heads.examples import Examples
labels = np.arange(80) % 2
embeddings = np.random.default_rng(0).normal(size=(80, 1, 4)).astype(np.float32)
examples = Examples(embeddings=embeddings, labels=labels, groups=labels, folds=np.arange(80) // 16)
head = get_head("mlp")(seed=1)
head.import_for_fitting()
before = set(sys.modules)
head.fit(examples, examples)
print(sum(name.split(".")[0] in ("torch", "sklearn") for name in set(sys.modules) - before))
"""


def test_what_takes_seconds_to_import_is_there_before_the_fit():
    done = subprocess.run([sys.executable, "-c", FIT], capture_output=True, check=True)
    assert int(done.stdout) < 20


def test_parameters_are_the_numbers_that_fitting_set(make_examples, make_head):
    train, validation = make_examples(), make_examples(seed=1)
    fitted = {name: make_head(name).fit(train, validation) for name in HEADS}
    found = {name: head.parameters for name, head in fitted.items()}
    assert found["linear_probe"] == 12 + 1
    assert found["logistic_regression"] == 12 + 1 + 2 * 12  # with the scaler
    assert found["mlp"] == 12 * 16 + 16 + 16 + 1 + 2 * 12
    trees = fitted["lightgbm"].booster_.num_trees()
    assert 3 * trees <= found["lightgbm"] <= 13 * trees
    together = Ensemble.of(fitted, validation)
    assert together.parameters == sum(found.values()) + 2 * len(HEADS)
