import errno
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.bank.block import SIZE, Block, file_name
from features.bank.upkeep import verify
from features.computation import BFLOAT16
from radbank.errors import RadbankError

KEYS = [f"key-{i}" for i in range(12)]
WIDTH = 5  # as in conftest.py


def blocks_in(place):
    return sorted(place.glob(f"*/blocks/{'[0-9a-f]' * 64}.safetensors"))


def test_what_is_put_is_there_for_this_process_and_the_next(cached, open_cache, put, get):
    assert get(cached, KEYS) == KEYS
    put(cached, KEYS[:5])
    put(cached, KEYS[5:8])
    for each in (cached, open_cache()):
        assert len(each) == 8
        assert KEYS[7] in each
        assert KEYS[8] not in each
        assert get(each, KEYS[::-1]) == KEYS[:7:-1]


def test_equal_blocks_are_one_file(cached, open_cache, place, put):
    other = open_cache()
    put(cached, KEYS[:3])
    put(other, KEYS[:3])
    assert len(blocks_in(place)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"backbone": "other"},
        {"weights_sha256": "1" * 64},
        {"layers": ("penultimate", "features.3")},
        {"engine": "compile"},
        {"precision": "bf16"},
        {"device": "cuda"},
    ],
)
def test_another_computation_shares_nothing(cached, open_cache, put, get, changes):
    put(cached, KEYS)
    assert get(open_cache(**changes), KEYS) == KEYS


def test_a_block_in_the_wrong_folder_is_not_served(cached, open_cache, place, put, get):
    put(cached, KEYS)
    (block,) = blocks_in(place)
    stranger = place / open_cache(precision="bf16").computation.digest / "blocks" / block.name
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(block.read_bytes())
    assert get(open_cache(precision="bf16"), KEYS) == KEYS


def flip(block):
    content = bytearray(block.read_bytes())
    content[-3] ^= 16
    block.write_bytes(content)


def cut(block):
    block.write_bytes(block.read_bytes()[:-7])


def empty(block):
    block.write_bytes(b"")


def another(block):
    block.write_bytes(b" " * 500)


@pytest.mark.parametrize("damage", [flip, cut, empty, another])
@pytest.mark.parametrize("opened", ["before", "after"])
def test_a_damaged_block_is_said_dropped_and_replaced(
    open_cache, place, put, get, capsys, damage, opened
):
    cached = open_cache()
    put(cached, KEYS[:4])
    (block,) = blocks_in(place)
    put(cached, KEYS[4:])
    damage(block)
    if opened == "after":
        cached = open_cache()
    assert get(cached, KEYS) == KEYS[:4]
    assert KEYS[0] not in cached
    if opened == "before" or damage in {flip, cut}:
        assert f"damaged and will be computed again: {cached.computation.digest}" in (
            capsys.readouterr().err
        )
        assert not block.exists()
    put(cached, KEYS[:4])
    assert get(cached, KEYS) == []
    assert get(open_cache(), KEYS) == []


def forge(block, **changes):
    """Put a block in the place of another, under the right name of its own bytes."""
    content = replace(Block.from_bytes(block.read_bytes(), block.name), **changes).to_bytes()
    block.unlink()
    forged = block.with_name(file_name(content))
    forged.write_bytes(content)
    return forged


FORGED = {
    "wider": {"embeddings": np.ones((4, WIDTH + 1), np.float32)},
    "of one number": {"embeddings": np.ones(4, np.float32)},
    "of three dimensions": {"embeddings": np.ones((4, WIDTH, 1), np.float32)},
    "fewer rows": {"embeddings": np.ones((3, WIDTH), np.float32)},
    "more keys": {"keys": (*KEYS[:4], "another")},
    "no keys": {"keys": ()},
    "bfloat16": {"stored": BFLOAT16},
    "no libraries": {"libraries": ["numpy"]},
}


@pytest.mark.parametrize("how", FORGED)
@pytest.mark.parametrize("listed", ["before", "after"])
def test_a_forged_block_is_computed_again(open_cache, place, put, get, bank, how, listed):
    cached = open_cache()
    put(cached, KEYS[:4])
    cached.about.remember_widths([2, WIDTH - 2])
    forged = forge(blocks_in(place)[0], **FORGED[how])
    assert [finding.problem is None for finding in verify(bank)] == [False]
    if listed == "after":
        cached = open_cache()
    assert get(cached, KEYS) == KEYS
    put(cached, KEYS)
    assert get(open_cache(), KEYS) == []
    if listed == "after" and how not in {"no libraries", "no keys"}:  # nobody asks for these
        assert not forged.exists()


def test_a_block_pruned_meanwhile_is_lacking_and_not_spoken_of(cached, place, put, get, capsys):
    put(cached, KEYS)
    blocks_in(place)[0].unlink()
    assert get(cached, KEYS) == KEYS
    assert capsys.readouterr().err == ""


def test_a_block_that_cannot_be_read_is_lacking_and_stays(cached, place, put, get, monkeypatch):
    put(cached, KEYS)

    def fail(path):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(cached._blobs, "read", fail)
        assert get(cached, KEYS) == KEYS
    assert len(blocks_in(place)) == 1


def test_a_copy_in_another_block_is_served_when_one_is_damaged(cached, open_cache, place, put, get):
    put(cached, KEYS[:2])
    put(cached, KEYS[1:4])
    for block in blocks_in(place):
        content = block.read_bytes()
        flip(block)
        assert get(open_cache(), KEYS[1:2]) == []
        block.write_bytes(content)
    for block in blocks_in(place):
        flip(block)
    assert get(open_cache(), KEYS[1:2]) == KEYS[1:2]
    assert blocks_in(place) == []


def test_leftovers_of_killed_writers_and_stale_locks_are_passed_over(
    cached, open_cache, place, put, get
):
    put(cached, KEYS[:6])
    (block,) = blocks_in(place)
    half = block.read_bytes()[:100]
    (block.parent / f".{block.name}.0badcafe.partial").write_bytes(half)
    (block.parent / "lock").write_text("4242 gone-host")
    (place / ".lock").write_text("4242 gone-host")
    again = open_cache()
    assert get(again, KEYS) == KEYS[6:]
    put(again, KEYS[6:])
    assert get(open_cache(), KEYS) == []


def test_serving_marks_a_block_as_used(cached, place, put, get, bank):
    put(cached, KEYS)
    (block,) = blocks_in(place)
    os.utime(block, (1, 1))
    get(cached, KEYS[:1])
    assert block.stat().st_mtime > 1e9
    assert bank.holdings()[0].used > 1e9


def test_only_whole_blocks_of_at_most_128(cached):
    many = [str(i) for i in range(SIZE + 1)]
    with pytest.raises(ValueError, match="129 keys"):
        cached.put(many, np.zeros((SIZE + 1, 2), np.float32))
    with pytest.raises(ValueError, match="2 keys and 3 embeddings"):
        cached.put(many[:2], np.zeros((3, 2), np.float32))


def test_versions_of_all_that_made_what_is_asked_for(bank, cached, put):
    put(cached, KEYS[:2])
    later = bank.cached(cached.computation, libraries={"numpy": "2.0.0", "torch": "2.7.0"})
    put(later, KEYS[2:4])
    assert later.libraries(KEYS) == {"numpy": "2.0.0", "torch": "2.6.0, 2.7.0"}
    assert later.libraries(KEYS[:2]) == {"numpy": "2.0.0", "torch": "2.6.0"}
    assert later.libraries([]) == {}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no room .* prune --to SIZE"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "no room"),
        (PermissionError(errno.EACCES, "Permission denied"), r"cannot be written \(Permission"),
    ],
)
def test_a_bank_that_cannot_be_written(cached, open_cache, put, monkeypatch, error, words):
    def fail(path, content):
        raise error

    monkeypatch.setattr(cached._blobs, "write", fail)
    with pytest.raises(RadbankError, match=words):
        put(cached, KEYS)
    assert KEYS[0] not in cached


DAMAGES = [flip, cut, empty, another, Path.unlink]
ACTION = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 1), st.sets(st.sampled_from(KEYS), min_size=1)),
    st.tuples(st.just("get"), st.integers(0, 1), st.sets(st.sampled_from(KEYS))),
    st.tuples(st.just("damage"), st.integers(0, 99), st.sampled_from(DAMAGES)),
    st.tuples(st.just("reopen"), st.integers(0, 1), st.none()),
)


@settings(max_examples=60, deadline=None)
@given(actions=st.lists(ACTION, max_size=14))
def test_whatever_happens_only_right_embeddings_are_served(open_cache_in, put, get, actions):
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        caches = [open_cache_in(place), open_cache_in(place)]  # two processes
        for action, which, what in actions:
            blocks = blocks_in(place)
            if action == "put":
                put(caches[which], sorted(what))
                assert get(caches[which], sorted(what)) == []
            elif action == "get":
                get(caches[which], sorted(what))  # checks what is served
            elif action == "reopen":
                caches[which] = open_cache_in(place)
            elif blocks and blocks[which % len(blocks)].stat().st_size:
                what(blocks[which % len(blocks)])
        final = open_cache_in(place)
        lacking = get(final, KEYS)
        if lacking:
            put(final, lacking)
        assert get(open_cache_in(place), KEYS) == []
