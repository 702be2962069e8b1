import os
import time

import pytest

from features.bank.bank import Bank
from features.bank.upkeep import prune, verify

KEYS = [f"{i:064x}" for i in range(6)]
LONG_AGO = time.time() - 10**6


@pytest.fixture
def filled(open_cache, place, put):
    """Return the blocks of two computations, three and one, the longest unused first."""
    cached = open_cache()
    cached.about.remember_widths([5])
    found = []
    for at in (0, 2, 4):
        put(cached, KEYS[at : at + 2])
    other = open_cache(precision="bf16")
    other.about.remember_widths([5])
    put(other, KEYS)
    for one, count in ((cached, 3), (other, 1)):
        blocks = sorted((place / one.computation.digest / "blocks").iterdir())
        assert len(blocks) == count
        found += blocks
    for age, block in enumerate(found):
        os.utime(block, (LONG_AGO + age, LONG_AGO + age))
    return found


def test_holdings_name_each_computation_last_used_first(bank, filled, open_cache):
    first, second = bank.holdings()
    assert first.computation == open_cache(precision="bf16").computation.to_dict()
    assert second.digest == open_cache().computation.digest
    assert (first.images, first.embeddings) == (second.images, second.embeddings) == (6, 6)
    assert second.size == sum(block.stat().st_size for block in filled[:3])
    assert second.used == pytest.approx(LONG_AGO + 2)


def test_views_are_counted_beside_images(bank, cached, put):
    put(cached, [KEYS[0], f"{KEYS[0]}+{'1' * 16}", KEYS[1]])
    (holding,) = bank.holdings()
    assert (holding.images, holding.embeddings) == (2, 3)
    assert holding.computation is None  # nobody said what the digest stands for


def test_an_empty_bank_or_none_holds_nothing(bank, place):
    assert bank.holdings() == []
    place.mkdir()
    assert bank.holdings() == list(verify(bank)) == prune(bank, 0) == []


def test_verify_reads_every_block_and_names_the_damaged(bank, filled):
    assert [finding.problem for finding in verify(bank)] == [None] * 4
    content = filled[1].read_bytes()
    filled[1].write_bytes(content[:-1])
    filled[3].rename(filled[0].parent / filled[3].name)
    damaged = {finding.path: finding.problem for finding in verify(bank) if finding.problem}
    digest = filled[0].parent.parent.name
    assert damaged == {
        f"{digest}/blocks/{filled[1].name}": f"{len(content) - 1:,} bytes that do not match its "
        "checksum",
        f"{digest}/blocks/{filled[3].name}": "a block of another computation",
    }
    assert filled[1].exists()


def test_prune_deletes_the_longest_unused_first(bank, filled):
    sizes = [block.stat().st_size for block in filled]
    assert prune(bank, sum(sizes)) == []
    deleted = prune(bank, sum(sizes) - sizes[0] - 1)
    assert [entry.path.rsplit("/", 1)[1] for entry in deleted] == [
        filled[0].name,
        filled[1].name,
    ]
    assert [block.exists() for block in filled] == [False, False, True, True]


def test_what_is_left_of_a_computation_goes_with_its_last_block(bank, filled, place, open_cache):
    about = open_cache().about
    about.remember_fidelity(KEYS, 0.9999)
    about.remember_rate("plain", 6, 1.0)
    prune(bank, 0)
    assert list(place.iterdir()) == []


def test_prune_touches_nothing_that_is_not_the_banks_own(place, filled):
    theirs = [
        place / "thesis.safetensors",
        place / "photos" / "blocks" / f"{'0' * 64}.safetensors",
        place / "photos" / "computation.json",
        filled[0].parent / "notes.txt",
        place / ".hidden.partial",
    ]
    old_partial = filled[0].parent / f".{filled[0].name}.0badcafe.partial"
    new_partial = filled[0].parent / f".{filled[1].name}.0badcafe.partial"
    for file in (*theirs, old_partial, new_partial):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("theirs")
        if file != new_partial:
            os.utime(file, (LONG_AGO, LONG_AGO))
    prune(Bank(str(place)), 0)
    assert all(file.exists() for file in theirs)
    assert new_partial.exists()
    assert not old_partial.exists()
    assert not any(block.exists() for block in filled)


def test_a_run_at_work_computes_again_what_was_pruned(bank, filled, open_cache, put, get):
    cached = open_cache()
    prune(bank, 0)
    assert get(cached, KEYS) == KEYS
    put(cached, KEYS)
    assert get(cached, KEYS) == []


def test_what_is_known_of_a_computation_is_checked(open_cache, place):
    about = open_cache().about
    assert about.widths() is None
    about.remember_widths([3, 2], flops=70)
    assert (about.widths(), about.flops()) == ([3, 2], 70)
    path = place / about.computation.digest / "computation.json"
    path.write_text(path.read_text().replace("3", "4"))
    assert about.widths() is None
    path.write_text("[]")
    assert about.widths() is None


def test_the_rate_is_of_the_longest_stretch(open_cache, place):
    about = open_cache().about
    assert about.rate("plain") is None
    about.remember_rate("plain", 100, 50)
    about.remember_rate("plain", 99, 1)
    assert about.rate("plain") == 2
    about.remember_rate("augmented", 50, 100)
    about.remember_rate("plain", 200, 10)
    assert (about.rate("plain"), about.rate("augmented")) == (20, 0.5)
    (place / about.computation.digest / "rate.json").write_text('{"plain": {"embeddings": 0}}')
    assert about.rate("plain") is None


def test_nothing_of_another_computation_is_believed(open_cache, place):
    one, other = open_cache().about, open_cache(precision="bf16").about
    one.remember_widths([5])
    folder = place / other.computation.digest
    folder.mkdir(parents=True)
    (folder / "computation.json").write_bytes(
        (place / one.computation.digest / "computation.json").read_bytes()
    )
    assert other.widths() is None
