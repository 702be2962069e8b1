"""metrics/leaks.json: numbers of pairs of images that may leak between splits."""

from pipeline.artifacts.document import Document


class PairCount(Document):
    """Pairs of one kind: all, of two groups, and on two sides of the split."""

    pairs: int
    across_groups: int
    across_splits: int


class LeakCounts(Document):
    """metrics/leaks.json."""

    exact_duplicate: PairCount
    near_duplicate: PairCount
    same_person: PairCount
    not_listed: int
    persons_comparable: int
