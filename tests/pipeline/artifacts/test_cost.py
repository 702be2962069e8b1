"""What a cost is made of: a head is charged with the embeddings that it takes, and no others."""

import pytest

from pipeline.artifacts.cost import Cost, read_cost, write_cost
from pipeline.artifacts.work import Work, together
from radbank.errors import RadbankError
from radbank.files import write_text
from tests.pipeline.costs import arm_cost, extraction_cost, head_cost


def test_a_head_without_augmented_views_is_not_charged_for_them():
    extraction = extraction_cost(24.0, 240.0)  # of 240 images each
    plain = head_cost(3.0, images=120, plain=180).with_embeddings(extraction)
    assert plain.to_train.seconds == pytest.approx(3 + 18)
    assert plain.to_train.passes == 180
    assert plain.to_train.gflops == pytest.approx(180 * 0.8)
    altered = Work(images=120, seconds=3.0, plain=180, augmented=60)
    both = head_cost(0, training=altered, images=120).with_embeddings(extraction)
    assert both.to_train.seconds == pytest.approx(3 + 18 + 60)
    assert both.to_train.passes == 240
    assert both.to_train.seconds_per_1000 == pytest.approx(1000 * 81 / 120)


def test_a_new_image_goes_through_the_backbone_once():
    found = head_cost(3.0, inference=0.24).with_embeddings(extraction_cost(24.0, 240.0))
    assert found.inference.seconds_per_1000 == pytest.approx(101)
    assert (found.inference.passes, found.inference.images) == (240, 240)
    assert (found.device, found.engine, found.precision) == ("cpu", "openvino", "fp32")


def test_energy_is_shared_out_like_seconds():
    views = Work(images=240, seconds=24.0, passes=240, joules=480.0)
    training = Work(images=120, seconds=3.0, joules=30.0, plain=120)
    head = head_cost(0, training=training, search=None)
    assert head.with_embeddings(extraction_cost(24.0, inference=views)).to_train.joules == 270
    assert head.with_embeddings(extraction_cost(24.0)).to_train.joules is None


def test_what_is_not_known_of_a_part_is_not_known_of_the_whole():
    one = Work(images=10, seconds=2.0, passes=3, gflops=1.0)
    whole = together([one, one.model_copy(update={"seconds": None})])
    assert (whole.seconds, whole.seconds_per_1000, whole.passes, whole.gflops) == (None, None, 6, 2)
    unknown = head_cost(3.0, plain=10).with_embeddings(extraction_cost(None))
    assert unknown.to_train.seconds is None
    assert unknown.to_train.passes == 10


def test_files_are_read_as_they_were_written(tmp_path):
    extraction, head, arm = (tmp_path / f"{name}.json" for name in ("extract", "head", "arm"))
    write_cost(extraction, extraction_cost(24.0))
    write_cost(head, head_cost(3.0, plain=240))
    write_cost(arm, arm_cost(60.0))
    assert read_cost(head, extraction).to_train.seconds == pytest.approx(27)
    assert read_cost(arm, tmp_path / "none.json") == arm_cost(60.0)
    assert '"energy_counter": null' in arm.read_text()
    write_text(head, '{"seconds": 3.0}')
    with pytest.raises(RadbankError, match=r"head.json is not as this version writes it"):
        read_cost(head, extraction)
    with pytest.raises(RadbankError, match=r"There is no .*none.json"):
        read_cost(tmp_path / "none.json", extraction)


def test_every_cost_says_the_same_things():
    kinds = (extraction_cost(1.0), head_cost(1.0), arm_cost(1.0))
    assert {tuple(each.model_dump()) for each in kinds} == {tuple(Cost.model_fields)}
