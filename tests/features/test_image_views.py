import hashlib

import numpy as np
import pytest

from features.bank.block import SIZE
from features.image_views import ImageView, ImageViews
from features.views import augment
from radbank.errors import RadbankError


def hashes(pixels):
    return [hashlib.sha256(image.tobytes()).hexdigest() for image in pixels]


@pytest.fixture
def wanted(pixels):
    return ImageViews(pixels=pixels, pixel_sha256=hashes(pixels), views=2, seed=42)


def test_keys_go_image_by_image_and_the_plain_one_is_the_hash(wanted):
    keys = wanted.keys(slice(3, 5))
    assert len(set(keys)) == 6
    assert keys[0] == wanted.pixel_sha256[3]
    assert keys[3] == wanted.pixel_sha256[4]
    assert keys[4] == wanted.key(ImageView(4, 1))


def test_another_seed_changes_the_keys_of_augmented_views_only(pixels, wanted):
    other = ImageViews(pixels=pixels, pixel_sha256=wanted.pixel_sha256, views=2, seed=43)
    both = zip(wanted.keys(slice(None)), other.keys(slice(None)), strict=True)
    assert [one == two for one, two in both] == [True, False, False] * 10


def test_what_is_lacking_comes_in_blocks_of_one_view():
    n = SIZE + 2
    wanted = ImageViews(
        pixels=np.zeros((n, 4, 4), np.uint8),
        pixel_sha256=[f"{i:064x}" for i in range(n)],
        views=1,
        seed=0,
    )
    found = wanted.lacking(set())
    assert found[:SIZE] == [ImageView(row, 0) for row in range(SIZE)]
    assert found[SIZE : 2 * SIZE] == [ImageView(row, 1) for row in range(SIZE)]
    tail = [(SIZE, 0), (SIZE + 1, 0), (SIZE, 1), (SIZE + 1, 1)]
    assert found[2 * SIZE :] == [ImageView(*each) for each in tail]
    known = {wanted.key(each) for each in found if each.row != 7}
    assert wanted.lacking(known) == [ImageView(7, 0), ImageView(7, 1)]


def test_equal_images_are_wanted_once(pixels):
    stack = pixels[[0, 1, 0]]
    wanted = ImageViews(pixels=stack, pixel_sha256=hashes(stack), views=0, seed=0)
    assert wanted.lacking(set()) == [ImageView(0, 0), ImageView(1, 0)]


def test_reads_views_in_any_order(pixels, wanted):
    chosen = [ImageView(*each) for each in ((2, 0), (3, 0), (9, 2), (3, 1), (4, 0), (2, 0))]
    stack = wanted.read(chosen)
    for image, (row, view) in zip(stack, chosen, strict=True):
        plain = pixels[row : row + 1]
        np.testing.assert_array_equal(image, augment(plain, view, 42)[0] if view else plain[0])
    assert hashes(pixels) == wanted.pixel_sha256  # nothing is changed in place


def test_pixels_that_are_not_what_they_were_are_refused(pixels, wanted):
    pixels[6, 3, 3] ^= 1
    with pytest.raises(RadbankError, match=r"image 6 are damaged: .*--force prepare"):
        wanted.read([ImageView(5, 0), ImageView(6, 1)])
