"""The index of cached embeddings: from cache keys to blocks and rows."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """Location of an embedding: the file of its block, and the row in it."""

    path: str
    row: int


class Index:
    """A map from cache keys to places, which knows every block that holds a key."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._copies: dict[str, list[Place]] = {}  # of keys in several blocks: the other places

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def find(self, key: str) -> Place | None:
        """Return a place of an embedding, in the block that was added last."""
        return self._places.get(key)

    def add(self, path: str, keys: Iterable[str]) -> None:
        """Add a block, given the keys of its rows."""
        for row, key in enumerate(keys):
            known = self._places.get(key)
            if known is not None and known.path != path:
                self._copies.setdefault(key, []).append(known)
            self._places[key] = Place(path=path, row=row)

    def remove(self, path: str) -> None:
        """Remove a block; keys that another block holds too are found there from now on."""
        for key, places in list(self._copies.items()):
            self._copies[key] = [place for place in places if place.path != path]
        for key in [key for key, place in self._places.items() if place.path == path]:
            if copies := self._copies.get(key):
                self._places[key] = copies.pop()
            else:
                del self._places[key]
