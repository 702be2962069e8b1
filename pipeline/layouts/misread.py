"""Labels that a table spells or joins otherwise than radbank reads them."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import combinations

from radbank.errors import RadbankError

_JOINTS = re.compile(r"[;,/+&\t]| and ")
_SHOWN = 3
_RARE = 20  # a label this many times rarer than one that it resembles may be that one, mistyped
_ALIKE = 0.85
_MANY = 100  # labels, above which they are not compared in pairs


def refuse_misread(
    findings: Sequence[Sequence[str]], table: str, positive: str | None = None
) -> None:
    """Refuse labels that are one in several spellings, or several in one cell.

    Parameters
    ----------
    findings
        Labels of each image, as radbank reads them.
    table
        Name of the table, for errors.
    positive
        The class that counts as positive, where it is named.

    Raises
    ------
    RadbankError
        If two labels differ only in case, blanks, underscores, leading zeros or ``.0``, or one is
        a list or joins other labels by something else than ``|``.
    """
    counts = Counter(name for each in findings for name in each)
    spellings = defaultdict(list)
    for name in sorted(counts):
        spellings[_bare(name)].append(name)
    for names in spellings.values():
        if len(names) > 1:
            written = ", ".join(f"{name!r} {counts[name]} times" for name in names)
            raise RadbankError(
                f"{table} spells what seems one class in {len(names)} ways ({written}): write it "
                "in one way."
            )
    joined = [name for name in sorted(counts) if _is_list(name) or _joins(name, counts, positive)]
    if joined:
        shown = ", ".join(map(repr, joined[:_SHOWN])) + (", ..." if len(joined) > _SHOWN else "")
        raise RadbankError(
            f"{table} seems to join several labels in one by something else than | ({shown}): "
            "join them by |, or rename what is one class of its own."
        )


def doubts(findings: Sequence[Sequence[str]], table: str) -> tuple[str, ...]:
    """Say what may be a mistake in labels, but need not be one.

    Parameters
    ----------
    findings
        Labels of each image.
    table
        Name of the table.
    """
    counts = Counter(name for each in findings for name in each)
    found = []
    if "-1" in counts and counts.keys() <= {"-1", "0", "1"}:
        found.append(
            f"{table} gives {counts['-1']} images the label -1, which CheXpert's tables write "
            "for uncertain; it counts as a class here."
        )
    pairs = combinations(sorted(counts, key=lambda name: (counts[name], name)), 2)
    for rare, frequent in pairs if len(counts) <= _MANY else ():
        if counts[rare] * _RARE <= counts[frequent] and _resemble(rare, frequent):
            found.append(
                f"{table} gives {counts[rare]} images the label {rare!r} and {counts[frequent]} "
                f"{frequent!r}: is it one class?"
            )
    return tuple(found)


def _bare(name: str) -> str:
    """Return a label without what is often written in several ways."""
    text = unicodedata.normalize("NFKC", name).casefold().removesuffix(".0")
    text = re.sub(r"(?<=[^\W\d_])[\s_-]+(?=\w)|(?<=\w)[\s_-]+(?=[^\W\d_])", "", text)
    return re.sub(r"(?<![\d.])0+(?=\d)", "", text)


def _is_list(name: str) -> bool:
    return re.fullmatch(r"\[.*\]|[({].*[,'\"].*[)}]", name) is not None


def _joins(name: str, counts: Counter[str], positive: str | None) -> bool:
    """Tell whether a part of a label is a label itself, or recurs after a semicolon."""
    parts = {_bare(part) for part in _JOINTS.split(name) if part.strip()}
    known = {_bare(each) for each in (*counts, *([positive] if positive else ()))}
    others = {_bare(part) for each in counts if each != name for part in each.split(";")}
    return len(parts) > 1 and not parts.isdisjoint(known | (others if ";" in name else set()))


def _resemble(one: str, other: str) -> bool:
    one, other = one.casefold(), other.casefold()
    if one in other or other in one or re.sub(r"\d", "", one) == re.sub(r"\d", "", other):
        return False
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE
