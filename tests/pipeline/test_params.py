import json
import pickle
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.params import Params, load_params
from radbank.errors import RadbankError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def edited(tmp_path):
    """Return a function that writes params.yaml with changes and gives its path."""
    yaml = YAML()

    def write(**changes):
        content = yaml.load(ROOT / "params.yaml")
        for key, value in changes.items():
            *parents, last = key.split("__")
            block = content
            for parent in parents:
                block = block[parent]
            block[last] = value
        yaml.dump(content, tmp_path / "params.yaml")
        return tmp_path / "params.yaml"

    return write


def test_the_shipped_file_is_valid():
    params = load_params(ROOT / "params.yaml")
    assert params.backbone == "efficientnet_lite0"
    assert params.heads.linear_probe.learning_rate == 1e-5


def test_an_unknown_key_is_refused_with_its_path_and_the_allowed_ones(edited):
    with pytest.raises(RadbankError, match=r"heads\.mlp\.hiden is unknown .*hidden, dropout"):
        load_params(edited(heads__mlp__hiden=3))


def test_an_unknown_top_level_key_is_refused(edited):
    with pytest.raises(RadbankError, match=r"backbones is unknown .*backbone, weights"):
        load_params(edited(backbones="x"))


def test_nobody_is_given_a_margin_and_one_that_is_set_needs_a_reason(edited):
    assert load_params(ROOT / "params.yaml").evaluate.margin is None
    for reason in (None, "", "  "):
        with pytest.raises(RadbankError, match=r"evaluate\.margin is 0\.02 without a reason: say"):
            load_params(edited(evaluate__margin=0.02, evaluate__margin_reason=reason))
    why = "Two readers of one hospital differ by more."
    found = load_params(edited(evaluate__margin=0.02, evaluate__margin_reason=why)).evaluate
    assert (found.margin, found.margin_reason) == (0.02, why)


def test_the_arms_of_the_experiments_are_ones_that_run(edited):
    with pytest.raises(RadbankError, match=r"limits\.arms names 'lora', which has no block"):
        load_params(edited(limits__arms=["last-block", "lora"]))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("split__test", "0.2", r"split\.test is '0\.2': input should be a valid number"),
        ("split__test", 1.0, r"split\.test is 1\.0: input should be less than 1"),
        ("data__layout", "dicom", r"data\.layout is 'dicom': input should be one of 'rsna', 'fo"),
        ("data__limit", 0, r"data\.limit is 0"),
        ("heads__mlp__class_weight", "auto", r"heads\.mlp\.class_weight is 'auto'"),
        ("features__layers", [], r"features\.layers is \[\]"),
        ("heads__logistic_regression__C", [0], r"heads\.logistic_regression\.C\.0 is 0"),
    ],
)
def test_an_ill_typed_value_is_refused_with_its_path(edited, key, value, message):
    with pytest.raises(RadbankError, match=message):
        load_params(edited(**{key: value}))


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (1.0, "1"), (1.5, "1.5"), (date(2026, 11, 30), "2026-11-30"), ("01", "01")],
)
@pytest.mark.parametrize("key", ["root", "groups", "group_pattern", "positive"])
def test_a_number_or_a_date_is_the_name_of_a_class_or_a_folder(edited, key, value, text):
    assert getattr(load_params(edited(**{f"data__{key}": value})).data, key) == text


def test_true_and_false_are_no_text_without_quotes(edited):
    said = r"data\.positive is True: input should be text: put it between quotes\.$"
    with pytest.raises(RadbankError, match=said):
        load_params(edited(data__positive=True))
    assert load_params(edited(data__positive="true")).data.positive == "true"
    assert load_params(edited(data__positive=None)).data.positive is None


def test_a_missing_key_is_named(tmp_path):
    text = (ROOT / "params.yaml").read_text().replace("seed: 42\n", "")
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(RadbankError, match="seed is missing"):
        load_params(tmp_path / "params.yaml")


def test_numbers_in_the_form_that_dvc_writes_are_numbers(tmp_path):
    # `-S heads.linear_probe.learning_rate=1e-5` is written as 1e-05
    text = (ROOT / "params.yaml").read_text().replace("0.00001", "1e-05")
    (tmp_path / "params.yaml").write_text(text)
    assert load_params(tmp_path / "params.yaml").heads.linear_probe.learning_rate == 1e-5


def test_the_patients_of_the_demo_are_of_the_demo_alone(edited):
    assert load_params(edited()).data.groups == "data/raw/demo/patients.csv"
    assert load_params(edited(data__root="./data/raw/demo/")).data.groups is not None
    assert load_params(edited(data__root="/data/own")).data.groups is None
    own = load_params(edited(data__root="/data/own", data__groups="/data/own/patients.csv"))
    assert own.data.groups == "/data/own/patients.csv"


def test_a_missing_file_and_broken_yaml_are_explained(tmp_path):
    with pytest.raises(RadbankError, match=r"run radbank in the folder that holds it"):
        load_params(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text("a: [")
    with pytest.raises(RadbankError, match="not valid YAML"):
        load_params(tmp_path / "params.yaml")


def test_an_unknown_head_is_refused_with_the_known_ones(edited):
    with pytest.raises(
        RadbankError, match=r"heads\.forest is unknown .*logistic_regression, light"
    ):
        load_params(edited(heads__forest={}))


def test_every_key_of_a_head_is_to_be_given(edited):
    with pytest.raises(
        RadbankError, match=r"heads\.mlp\.members is missing; heads\.mlp\.hidden is"
    ):
        load_params(edited(heads__mlp={}))


@pytest.mark.parametrize("blocks", [None, [], {}])
def test_a_study_has_a_head(edited, blocks):
    with pytest.raises(RadbankError, match=r"heads|ensemble"):
        load_params(edited(heads=blocks))


def test_the_heads_that_run_are_the_blocks(edited):
    content = YAML(typ="safe").load(ROOT / "params.yaml")["heads"]
    two = {name: content[name] for name in ("mlp", "linear_probe")}
    params = load_params(edited(heads=two, ensemble__members=["mlp"], limits__head="mlp"))
    assert params.heads.names == ("mlp", "linear_probe")
    arms = ("finetune-seed", "finetune-modern", "last-block")
    assert params.models == ("mlp", "linear_probe", "ensemble", *arms)
    head = params.heads["mlp"].make("mlp", seed=3)
    assert head.hyperparameters() == {**two["mlp"], "seed": 3}


def test_members_of_the_ensemble_are_heads_that_run(edited):
    with pytest.raises(RadbankError, match=r"ensemble\.members names 'forest', which has no block"):
        load_params(edited(ensemble__members=["mlp", "forest"]))


def test_the_head_of_the_experiments_is_one_that_runs(edited):
    with pytest.raises(RadbankError, match=r"limits\.head names 'forest', which has no block"):
        load_params(edited(limits__head="forest"))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "finetune__arms__finetune-modern__learning_rate",
            [0.001, 0.0003, 0.0001],
            r"arms\.finetune-modern chooses from 3 .* finetune\.arms\.finetune-seed from 2, ",
        ),
        (
            "finetune__arms__last-block__learning_rate",
            [0.001],
            r"arms\.finetune-seed chooses from 2 .* finetune\.arms\.last-block from 1, .* every",
        ),
        (
            "finetune__arms__last-block__learning_rate",
            [0.001, 0.001],
            r"last-block\.learning_rate names 0\.001 twice.*: give each rate once",
        ),
        (
            "heads__mlp__class_weight",
            None,
            r"mlp\.class_weight is null and finetune\.class_weight is balanced, .* both the same",
        ),
        (
            "finetune__class_weight",
            None,
            r"logistic_regression\.class_weight is balanced and finetune\.class_weight is null",
        ),
    ],
)
def test_settings_that_break_a_fair_comparison_are_refused(edited, key, value, message):
    with pytest.raises(RadbankError, match=message):
        load_params(edited(**{key: value}))


def test_fair_settings_may_be_others_than_the_shipped_ones(edited):
    content = YAML(typ="safe").load(ROOT / "params.yaml")
    for head in content["heads"].values():
        if "class_weight" in head:
            head["class_weight"] = None
    for arm in content["finetune"]["arms"].values():
        arm["learning_rate"] = [0.001]
    changes = {"heads": content["heads"], "finetune__arms": content["finetune"]["arms"]}
    assert load_params(edited(**changes, finetune__class_weight=None)).finetune.class_weight is None


def test_params_travel_to_other_processes(edited):
    params = load_params(edited(seed=7))
    assert pickle.loads(pickle.dumps(params)) == params
    assert Params.of(json.loads(params.model_dump_json())).models == params.models


@pytest.mark.parametrize("arm", ["finetune-seed", "finetune-modern", "last-block"])
def test_an_arm_that_would_only_warm_up_is_refused_before_any_work(edited, arm):
    with pytest.raises(RadbankError, match=rf"finetune\.arms\.{arm} has \d warmup_epochs and 1 "):
        load_params(edited(**{f"finetune__arms__{arm}__epochs": 1}))


def test_more_processes_than_images_in_a_batch_are_refused_before_any_work(edited):
    with pytest.raises(RadbankError, match=r"processes is 17, and a batch has 16 images"):
        load_params(edited(finetune__processes=17))
