"""Who is in the cohort."""

import uuid
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.phantom.plan import DAMAGES, plan_cohort
from pipeline.phantom.radiograph import NORMAL, OPACITY, OTHER
from radbank.errors import RadbankError


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.data(), st.integers(0, 2**32 - 1))
def test_any_cohort_is_complete(images, data, seed):
    patients = data.draw(st.integers(1, images))
    plan = plan_cohort(images, patients, seed)
    good = [image for image in plan.images if image.damage is None]
    assert len(good) == images
    assert sorted(i.damage for i in plan.images if i.damage) == sorted(DAMAGES)
    assert {image.person for image in good} == set(range(patients))
    assert len({image.id for image in plan.images}) == images + len(DAMAGES)
    assert sum(image.finding == OPACITY for image in good) == round(0.375 * images)
    assert plan == plan_cohort(images, patients, seed)


def test_the_default_cohort_is_varied():
    plan = plan_cohort(240, 150, 42)
    good = [image for image in plan.images if image.damage is None]
    assert Counter(image.finding for image in good) == {OPACITY: 90, OTHER: 90, NORMAL: 60}
    assert {person.sex for person in plan.people} == {"F", "M"}
    assert {image.view for image in good} == {"PA", "AP"}
    assert Counter(image.encoding for image in good) == {"jpeg": 144, "plain8": 48, "plain16": 48}
    assert 20 <= sum(image.inverted for image in good) <= 35
    assert len({image.size for image in good}) == 3
    assert max(Counter(image.group for image in good).values()) >= 3


def test_ids_are_uuids_and_change_with_the_seed():
    one, other = plan_cohort(12, 6, 1), plan_cohort(12, 6, 2)
    ids = {image.id for image in one.images}
    assert all(uuid.UUID(name).version == 4 for name in ids)
    assert not ids & {image.id for image in other.images}


def test_an_image_has_one_group_and_a_group_one_person():
    plan = plan_cohort(60, 20, 3)
    assert len({(image.group, image.person) for image in plan.images}) == 20


def test_how_a_file_is_stored_says_nothing_of_its_finding():
    plan = plan_cohort(2000, 1000, 5)
    for attribute in ("encoding", "inverted", "size"):
        for value in {getattr(image, attribute) for image in plan.images}:
            chosen = [i for i in plan.images if getattr(i, attribute) == value and not i.damage]
            share = sum(image.finding == OPACITY for image in chosen) / len(chosen)
            assert abs(share - 0.375) < 0.12


def test_more_patients_than_images_is_refused():
    with pytest.raises(RadbankError, match=r"demo\.patients is 13 but demo\.images is 12"):
        plan_cohort(12, 13, 0)
