import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.layouts.base import Entry
from pipeline.layouts.limit import take
from radbank.errors import RadbankError


@settings(max_examples=100, deadline=None)
@given(
    patients=st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=4), min_size=2, max_size=30),
    limit=st.integers(8, 60),
)
def test_whole_patients_of_both_classes(patients, limit):
    entries = [
        Entry(f"{i}-{j}", str(i), "", label)
        for i, labels in enumerate(patients)
        for j, label in enumerate(labels)
    ]
    taken = take(entries, limit)
    assert len(taken) <= limit
    assert {entry.label for entry in taken} == {entry.label for entry in entries}
    chosen = {entry.group for entry in taken}
    assert taken == [entry for entry in entries if entry.group in chosen]
    assert {e.id for e in take(entries[::-1], limit)} == {e.id for e in taken}
    # nobody who would still fit was left out
    room = limit - len(taken)
    assert all(len(labels) > room for i, labels in enumerate(patients) if str(i) not in chosen)


def test_no_limit_keeps_all():
    entries = [Entry("a", "a", "", 0)]
    assert take(entries, None) == take(entries, 1) == entries


def test_a_limit_without_room_for_both_classes():
    entries = [Entry("a", "a", "", 0), Entry("b", "b", "", 1), Entry("c", "b", "", 1)]
    with pytest.raises(RadbankError, match=r"data\.limit is 2"):
        take(entries, 2)
