"""The interface of a backbone family, and the lookup of a backbone by name."""

import difflib
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from features.families import FAMILIES
from features.families.recipe import Recipe
from radbank.errors import RadbankError


class Family(ABC):
    """Backbones that are named and built alike.

    Attributes
    ----------
    listed
        Names that `radbank backbones` lists.
    prefix
        What all names of the family begin with; a name that begins so is of no other family.
        Empty: they begin with anything.
    """

    listed: ClassVar[tuple[str, ...]] = ()
    prefix: ClassVar[str] = ""

    def others(self) -> list[str]:
        """Return the names known beyond :attr:`listed`."""
        return []

    def knows(self, name: str) -> bool:
        """Return whether a backbone of this family has this name."""
        return name in self.listed or name in self.others()

    @abstractmethod
    def recipe(self, name: str) -> Recipe:
        """Return how to make the backbone of a name that the family knows."""


def families() -> list[Family]:
    """Import and return every family, the built-in ones first.

    Raises
    ------
    RadbankError
        If what was declared is none, or cannot be imported.
    """
    found = []
    for name in FAMILIES:
        family: Any = FAMILIES[name]
        if not isinstance(family, Family):
            raise RadbankError(
                f"The backbone family {name!r} is declared as {family!r}, which is no instance of "
                "features.families.family.Family: correct its declaration."
            )
        found.append(family)
    return found


def listed_names() -> list[str]:
    """Return the names that the families list."""
    return [name for family in families() for name in family.listed]


def other_names() -> list[str]:
    """Return the names known beyond those listed, without the families of a prefix."""
    return [name for family in families() if not family.prefix for name in family.others()]


def find_recipe(name: str) -> Recipe:
    """Return how to make a backbone.

    Raises
    ------
    RadbankError
        If no family knows the name, or two do.
    """
    every = families()
    asked = [family for family in every if family.prefix and name.startswith(family.prefix)]
    asked = asked or [family for family in every if not family.prefix]
    knowing = [family for family in asked if family.knows(name)]
    if len(knowing) > 1:
        kinds = " and ".join(type(family).__module__ for family in knowing)
        raise RadbankError(f"Two families have a backbone {name!r}: {kinds}. Uninstall one.")
    if knowing:
        return knowing[0].recipe(name)
    known = [each for family in asked for each in (*family.listed, *family.others())]
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    meant = f"did you mean {' or '.join(close)}?" if close else f"try {', '.join(listed_names())}."
    raise RadbankError(
        f"There is no backbone {name!r}: {meant} `radbank backbones --all` lists them."
    )
