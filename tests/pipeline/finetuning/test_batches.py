from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.finetuning.batches import batches


@settings(deadline=None, max_examples=100)
@given(n_images=st.integers(1, 300), batch_size=st.integers(2, 64))
def test_every_image_once_and_none_alone(n_images, batch_size):
    cuts = batches(n_images, batch_size)
    sizes = [cut.stop - cut.start for cut in cuts]
    assert [row for cut in cuts for row in range(n_images)[cut]] == list(range(n_images))
    assert n_images == 1 or min(sizes) >= 2
    assert max(sizes) <= batch_size + 1


def test_a_lonely_last_image_joins_its_neighbours():
    assert batches(17, 8) == [slice(0, 8), slice(8, 17)]
    assert batches(18, 8) == [slice(0, 8), slice(8, 16), slice(16, 18)]
