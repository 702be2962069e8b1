"""What holds for every head."""

import dataclasses
import random
import subprocess
import sys
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from heads import HEADS, get_head
from pipeline.params import load_params
from radbank.errors import RadbankError
from radbank.files import sha256_file
from radbank.registry import Registry

ROOT = Path(__file__).resolve().parents[2]


def heads_with(hyperparameter):
    """Run a test for every head that has a hyperparameter."""
    having = [name for name in HEADS if hyperparameter in signature(get_head(name)).parameters]
    return pytest.mark.parametrize("name", having)


every_head = pytest.mark.parametrize("name", HEADS)

FIT_AND_HASH = """
import hashlib, sys, tempfile
from pathlib import Path
import numpy as np
from heads import HEADS, get_head
from heads.examples import Examples
rng = np.random.default_rng(3)
n, n_features = 500, 100
labels = rng.integers(0, 2, n)
embeddings = rng.normal(size=(n, 2, n_features)) + 0.3 * labels[:, None, None]
examples = Examples(embeddings=embeddings.astype("float32"), labels=labels,
                    groups=np.arange(n).astype(str), folds=np.arange(n) % 3)
quick = {"lightgbm": {"max_rounds": 8}, "mlp": {"max_epochs": 2}}
for name in HEADS:
    head = get_head(name)(seed=1, **quick.get(name, {}))
    head.fit(examples.take(np.arange(400)), examples.take(np.arange(400, n)))
    with tempfile.TemporaryDirectory() as folder:
        head.save(Path(folder))
        for file in sorted(Path(folder).iterdir()):
            print(name, file.name, hashlib.sha256(file.read_bytes()).hexdigest())
    print(name, hashlib.sha256(head.predict_proba(examples.plain).tobytes()).hexdigest())
"""


def auc(head, examples):
    return roc_auc_score(examples.labels, head.predict_proba(examples.plain)[:, 1])


def save(head, folder):
    folder.mkdir()
    head.save(folder)
    return {path.name: sha256_file(path) for path in folder.iterdir()}


@every_head
def test_learns_a_separable_problem(name, make_head, make_examples):
    head = make_head(name).fit(make_examples(), make_examples(100, seed=1))
    unseen = make_examples(200, seed=2)
    assert auc(head, unseen) > 0.95
    probability = head.predict_proba(unseen.plain)
    assert probability.shape == (200, 2)
    assert probability.dtype == np.float64
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    assert head.chosen()
    assert head.imbalance


@every_head
def test_survives_many_more_features_than_images(name, make_head, make_examples):
    train, validation = make_examples(40, 500), make_examples(20, 500, seed=1)
    probability = make_head(name).fit(train, validation).predict_proba(validation.plain)
    assert np.isfinite(probability).all()


@every_head
def test_survives_constant_features(name, make_head, make_examples):
    train, validation = make_examples(), make_examples(100, seed=1)
    for examples in (train, validation):
        examples.embeddings[..., 1] = 0
        examples.embeddings[..., 2] = 1e6
    head = make_head(name).fit(train, validation)
    assert auc(head, validation) > 0.9


@every_head
def test_permuted_labels_teach_nothing(name, make_head, make_examples):
    rng = np.random.default_rng(11)

    def permuted(n, seed):
        examples = make_examples(n, seed=seed)
        return dataclasses.replace(examples, labels=rng.permutation(examples.labels))

    head = make_head(name).fit(permuted(400, 0), permuted(200, 1))
    # a score independent of the label has a standard error of 0.013 at this size
    assert abs(auc(head, permuted(2000, 2)) - 0.5) < 0.05


@every_head
def test_a_saved_head_predicts_the_same(name, make_head, make_examples, tmp_path):
    head = make_head(name).fit(make_examples(), make_examples(100, seed=1))
    files = save(head, tmp_path / "one")
    loaded = get_head(name).load(tmp_path / "one")
    plain = make_examples(50, seed=2).plain
    np.testing.assert_array_equal(loaded.predict_proba(plain), head.predict_proba(plain))
    assert loaded.chosen() == head.chosen()
    assert loaded.hyperparameters() == head.hyperparameters()
    assert save(loaded, tmp_path / "two") == files


@every_head
def test_the_same_fit_gives_the_same_bytes(name, make_head, make_examples, tmp_path):
    saved = []
    for folder in ("one", "two"):
        head = make_head(name).fit(make_examples(), make_examples(100, seed=1))
        saved.append(save(head, tmp_path / folder))
    assert saved[0] == saved[1]


@every_head
def test_another_seed_gives_another_head_of_those_that_are_random(name, make_head, make_examples):
    train, validation = make_examples(effect=1.0), make_examples(60, effect=1.0, seed=1)
    first, other = (
        dataclasses.replace(make_head(name), seed=seed).fit(train, validation) for seed in (0, 1)
    )
    found = [head.predict_proba(validation.plain) for head in (first, other)]
    assert np.array_equal(*found) == (not first.random)


def test_bytes_do_not_depend_on_threads_or_the_process():
    def fitted(threads):
        return subprocess.run(
            [sys.executable, "-c", FIT_AND_HASH],
            cwd=ROOT,
            env={"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    one = fitted("1")
    assert fitted("2") == one
    assert fitted("3") == one
    assert len(one.splitlines()) == 3 * len(HEADS)


@every_head
def test_fitting_leaves_no_trace_in_global_random_state(name, make_head, make_examples, tmp_path):
    def state():
        return (
            random.getstate(),
            str(np.random.get_state()),  # noqa: NPY002 - proves that nobody touched it
            torch.random.get_rng_state().tolist(),
            torch.get_num_threads(),
        )

    before = state()
    head = make_head(name).fit(make_examples(60), make_examples(40, seed=1))
    head.predict_proba(make_examples(10).plain)
    head.save(tmp_path)
    get_head(name).load(tmp_path)
    assert state() == before


@every_head
def test_nothing_saved_is_a_pickle(name, make_head, make_examples, tmp_path):
    make_head(name).fit(make_examples(60), make_examples(40, seed=1)).save(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    for path in tmp_path.iterdir():
        assert path.suffix in {".json", ".txt", ".safetensors", ".skops"}
        assert not path.read_bytes().startswith(b"\x80")


def farther(name):
    """Return settings with which the linear probe, too, gets far from its start."""
    return {"learning_rate": 0.1} if name == "linear_probe" else {}


@heads_with("class_weight")
def test_balanced_weights_lift_the_rare_class(name, make_head, make_examples):
    train = make_examples(400, effect=1.0, positive=0.1)
    validation = make_examples(200, effect=1.0, positive=0.1, seed=1)
    plain, balanced = (
        make_head(name, class_weight=mode, **farther(name)).fit(train, validation)
        for mode in (None, "balanced")
    )
    mean = {
        mode: head.predict_proba(validation.plain)[:, 1].mean()
        for mode, head in (("plain", plain), ("balanced", balanced))
    }
    assert mean["plain"] < 0.2 < 0.3 < mean["balanced"]
    assert plain.imbalance != balanced.imbalance


@heads_with("augment")
def test_augmented_views_reach_training(name, make_head, make_examples):
    train, validation = make_examples(), make_examples(100, seed=1)
    train.embeddings[:, 0] = np.random.default_rng(5).normal(size=train.plain.shape)
    augmented = make_head(name, augment=True).fit(train, validation)
    assert auc(augmented, validation) > 0.9
    plain = make_head(name, augment=False).fit(train, validation)
    assert auc(plain, validation) < auc(augmented, validation)


@pytest.mark.parametrize("name", load_params(ROOT / "params.yaml").heads.names)
def test_defaults_are_those_of_params_yaml(name):
    block = load_params(ROOT / "params.yaml").heads[name].model_dump()
    defaults = get_head(name)(seed=1).hyperparameters()
    del defaults["seed"]
    assert defaults == block


def test_every_built_in_head_has_a_block_in_params_yaml():
    assert load_params(ROOT / "params.yaml").heads.names == tuple(HEADS.built_in)


@every_head
def test_importing_a_head_imports_no_library_that_only_training_needs(name):
    code = (
        "import sys; from heads import get_head; "
        f"assert get_head({name!r}).label; "
        "print([each for each in ('torch', 'sklearn', 'lightgbm', 'scipy') if each in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"


@every_head
def test_a_saved_head_is_independent_of_where_its_numbers_lie(name, make_head, make_examples):
    head = make_head(name).fit(make_examples(), make_examples(100, seed=1))
    plain = make_examples(50, seed=2).plain
    expected = head.predict_proba(np.ascontiguousarray(plain))
    room = np.empty(plain.size + 32, dtype=np.float32)
    for offset in range(16):
        copy = room[offset : offset + plain.size].reshape(plain.shape)
        copy[...] = plain
        np.testing.assert_array_equal(head.predict_proba(copy), expected)


def test_an_unknown_head_is_refused_with_the_known_ones():
    with pytest.raises(RadbankError, match=r"no head 'forest'.*logistic_regression, lightgbm"):
        get_head("forest")


def test_what_is_declared_as_a_head_must_be_one(monkeypatch):
    monkeypatch.setattr("heads.HEADS", Registry("head", {"odd": "heads.base:Head"}))
    with pytest.raises(RadbankError, match=r"'odd' is declared as .*correct its declaration"):
        get_head("odd")


@every_head
@pytest.mark.parametrize("missing", [0, 1])
def test_a_folder_without_one_of_the_files_is_refused(
    name, missing, make_head, make_examples, tmp_path
):
    make_head(name).fit(make_examples(60), make_examples(40, seed=1)).save(tmp_path)
    path = sorted(tmp_path.iterdir())[missing]
    path.unlink()
    with pytest.raises(RadbankError, match=f"no trained {name}: {path.name} is missing"):
        get_head(name).load(tmp_path)


def test_a_folder_of_a_former_version_asks_to_train_again(tmp_path):
    (tmp_path / "head.json").write_text('{"head": "logistic_regression"}')
    (tmp_path / "pipeline.skops").write_text("")
    with pytest.raises(RadbankError, match="train the head again"):
        get_head("logistic_regression").load(tmp_path)


def test_damaged_arrays_are_refused(make_head, make_examples, tmp_path):
    make_head("mlp").fit(make_examples(60), make_examples(40, seed=1)).save(tmp_path)
    path = tmp_path / "networks.safetensors"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(RadbankError, match=r"damaged .*: train the head again"):
        get_head("mlp").load(tmp_path)


def test_another_heads_folder_is_refused(make_head, make_examples, tmp_path):
    make_head("mlp").fit(make_examples(60), make_examples(40, seed=1)).save(tmp_path)
    (tmp_path / "trees.txt").write_text("")
    with pytest.raises(RadbankError, match="holds the head mlp, not lightgbm"):
        get_head("lightgbm").load(tmp_path)


def test_settings_larger_than_any_are_refused_unread(make_head, make_examples, tmp_path):
    make_head("mlp").fit(make_examples(60), make_examples(40, seed=1)).save(tmp_path)
    with (tmp_path / "head.json").open("ab") as file:  # blanks after JSON are still JSON
        file.write(b" " * 2**24)
    with pytest.raises(RadbankError, match=r"head\.json is damaged .*: train the head again"):
        get_head("mlp").load(tmp_path)
