"""Find heads, backbone families, layouts, metrics and report sections by name."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from radbank.errors import RadbankError


class Registry(Mapping[str, Any]):
    """A mapping of names to objects, each of which is imported when it is first looked up.

    Parameters
    ----------
    kind
        What the names are of, as in "head".
    built_in
        Name -> "module:attribute".
    group
        Entry-point group in which installed packages declare more names; None: they cannot.

    Raises
    ------
    RadbankError
        If a name is given twice, is unknown, or stands for what cannot be imported.

    Notes
    -----
    Entry points: https://packaging.python.org/specifications/entry-points/.
    """

    def __init__(self, kind: str, built_in: Mapping[str, str], group: str | None = None) -> None:
        self.kind = kind
        self.built_in = built_in
        self.group = group

    @cached_property
    def _declared(self) -> dict[str, EntryPoint]:
        """Every declaration by name: the built-in ones first, then those of packages."""
        found = {name: EntryPoint(name, at, "radbank") for name, at in self.built_in.items()}
        installed = entry_points(group=self.group) if self.group else ()
        for declared in sorted(set(installed), key=lambda point: (point.name, point.value)):
            first = found.setdefault(declared.name, declared)
            if first.value != declared.value:
                raise RadbankError(
                    f"Two packages declare the {self.kind} {declared.name!r}: {_source(first)} "
                    f"and {_source(declared)}. Uninstall or rename one."
                )
        return found

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - of any type
        """Import and return the object that a name stands for."""
        if name not in self._declared:
            close = get_close_matches(name, self._declared)
            meant = f" Did you mean {' or '.join(close)}?" if close else ""
            listed = ", ".join(self._declared)
            raise RadbankError(f"There is no {self.kind} {name!r}.{meant} Known are: {listed}.")
        declared = self._declared[name]
        try:
            return declared.load()
        except (ImportError, AttributeError) as error:
            raise RadbankError(
                f"The {self.kind} {name!r} of {_source(declared)} cannot be imported: {error}."
            ) from error

    def __iter__(self) -> Iterator[str]:
        """Go through the names, the built-in ones first."""
        return iter(self._declared)

    def __len__(self) -> int:
        """Return the number of names."""
        return len(self._declared)

    def __contains__(self, name: object) -> bool:
        """Return whether there is such a name, importing nothing."""
        return name in self._declared

    def versions(self) -> dict[str, str]:
        """Return the version of each installed package that declares a name."""
        dists = [declared.dist for declared in self._declared.values() if declared.dist]
        return {dist.name: dist.version for dist in dists}


def _source(declared: EntryPoint) -> str:
    """Say which package declares something, and where."""
    package = declared.dist.name if declared.dist else "radbank"
    return f"{package} ({declared.value})"
