"""How many classes there are, and that today's models take two."""

from collections.abc import Sequence

from radbank.errors import RadbankError


def two_classes(classes: Sequence[str]) -> tuple[str, str]:
    """Return the names of the negative and the positive class.

    Raises
    ------
    RadbankError
        If there are more than two: ingest, prepare, split and extract take any number, the models
        do not yet.
    """
    if len(classes) != 2:
        raise RadbankError(
            f"The data have {len(classes)} classes ({', '.join(classes)}) and models are trained "
            "on two: set data.positive to the one that is to be told from the rest."
        )
    negative, positive = classes
    return negative, positive
