"""What a model decides: a set of classes of which each image has exactly one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Task:
    """A classification task.

    Attributes
    ----------
    name
        Of what is classified.
    classes
        Names by label.
    positive
        The label of the positive class of a binary task; None where all classes count alike.
    """

    name: str
    classes: tuple[str, ...]
    positive: int | None

    @classmethod
    def of(cls, classes: Sequence[str], name: str = "label") -> Self:
        """Return the task of these classes: of two, the second is the positive one."""
        return cls(name, tuple(classes), 1 if len(classes) == 2 else None)

    @property
    def binary(self) -> bool:
        """Whether one class is positive and the other negative."""
        return self.positive is not None

    @property
    def reported(self) -> tuple[int, ...]:
        """The labels that one-vs-rest metrics are averaged over: the positive one, or all."""
        return (self.positive,) if self.positive is not None else tuple(range(len(self.classes)))

    def left_out(self, what: str) -> str:
        """Say in one sentence that something is left out because the task is not binary.

        Examples
        --------
        >>> Task.of(["bacteria", "normal", "virus"]).left_out("Decision curves")
        'Decision curves are for two classes only, and these data have 3 (bacteria, normal, virus).'
        """
        listed = ", ".join(self.classes)
        return (
            f"{what} are for two classes only, and these data have {len(self.classes)} ({listed})."
        )
