"""data/leaks.csv and metrics/leaks.json: pairs of images that may leak between splits."""

from pipeline.artifacts.document import Document

COLUMNS = (
    "kind",
    "similarity",
    "id_a",
    "id_b",
    "group_a",
    "group_b",
    "split_a",
    "split_b",
    "kept_together",
)


class PairCount(Document):
    """Pairs of one kind: all, of two groups, and on two sides of the split."""

    pairs: int
    across_groups: int
    across_splits: int


def count_name(kind: str) -> str:
    """Return the field of :class:`LeakCounts` that counts the pairs of a kind."""
    return kind.replace(" ", "_").rstrip("?")


class LeakCounts(Document):
    """metrics/leaks.json."""

    exact_duplicate: PairCount
    near_duplicate: PairCount
    same_person: PairCount
    not_listed: int
    persons_comparable: int
