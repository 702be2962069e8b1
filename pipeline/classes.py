"""What is for two classes only, and how that is said."""

from collections.abc import Sequence


def only_of_two(what: str, classes: Sequence[str]) -> str:
    """Say in one sentence that something is left out because there are more than two classes.

    Examples
    --------
    >>> only_of_two("Decision curves", ["bacteria", "normal", "virus"])
    'Decision curves are for two classes only, and these data have 3 (bacteria, normal, virus).'
    """
    listed = ", ".join(classes)
    return f"{what} are for two classes only, and these data have {len(classes)} ({listed})."
