"""Names that data sets use for the training, validation and test split."""

import re

SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
    "testing": "test",
}


def split_of(name: str) -> str | None:
    """Return the split that a folder or a cell names among other words, or None.

    Examples
    --------
    >>> [split_of(name) for name in ("training_set", "TestData", "chest-val 2", "tested")]
    ['train', 'test', 'validation', None]
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = re.findall(r"[^\W\d_]+", spaced.lower())
    words = [re.sub(r"(sets?|data|images?|imgs?)$", "", word) or word for word in words]
    found = {SPLITS[word] for word in words if word in SPLITS}
    return found.pop() if len(found) == 1 else None
