"""Rank the entries of each cohort: choose the best on validation, compare the others with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.artifacts.provenance import counted, note_on_split
from pipeline.leaderboard.board import Board, Cohort, Row
from pipeline.leaderboard.difference import Compared
from pipeline.leaderboard.entries import BoardEntry
from pipeline.leaderboard.scored import Scored
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.holm import holm
from radbank.errors import RadbankError


@dataclass(frozen=True, eq=False)
class Comparable:
    """Entries of the same images, patients, labels and splits.

    Attributes
    ----------
    split
        The one that is reported: 'test', or 'validation' where no patients were held out.
    scored
        The entries with their scores, in the order of the runs.
    """

    split: str
    scored: tuple[Scored, ...]


@dataclass(frozen=True, eq=False)
class Sorted:
    """Entries by what they can be compared with, that of the newest run first, and what failed."""

    cohorts: tuple[Comparable, ...]
    problems: tuple[str, ...]


def sort_entries(entries: Sequence[BoardEntry]) -> Sorted:
    """Score entries and put those together that can be compared.

    Parameters
    ----------
    entries
        In the order of the runs.
    """
    cohorts, problems = [], []
    by_cohort: dict[str, list[BoardEntry]] = {}
    for entry in entries:
        by_cohort.setdefault(entry.cohort, []).append(entry)
    newest = sorted(by_cohort.values(), key=lambda each: max(e.date for e in each), reverse=True)
    for members in newest:
        splits = set(members[0].predictions.frame["split"])
        split = next((name for name in ("test", "validation") if name in splits), None)
        if split is None:
            named = ", ".join(dict.fromkeys(each.run for each in members))
            problems.append(f"{named}: left out, as there is no test and no validation case.")
            continue
        scored = []
        for entry in members:
            try:
                scored.append(Scored.of(entry, split))
            except RadbankError as error:
                problems.append(f"{entry.run}, {entry.model}: {error}")
        if scored:
            cohorts.append(Comparable(split, tuple(scored)))
    return Sorted(tuple(cohorts), tuple(problems))


def rank(cohorts: Iterable[Comparable], problems: Iterable[str], *, intervals: Intervals) -> Board:
    """Compare the entries of each cohort with its best.

    Parameters
    ----------
    cohorts
        What can be compared; of several entries with the same predictions the first counts.
    problems
        What could not be read.
    intervals
        How intervals are made.
    """
    return Board(
        confidence=intervals["confidence"],
        cohorts=tuple(_cohort(each.scored, each.split, intervals) for each in cohorts),
        problems=tuple(problems),
    )


def _cohort(scored: Sequence[Scored], split: str, intervals: Intervals) -> Cohort:
    """Compare the entries of one cohort."""
    cases, classes = scored[0].scores.reported.cases, scored[0].entry.predictions.classes
    best, note = _best(scored)
    rows = _rows(scored, best, intervals)
    rows.sort(key=lambda row: -1.0 if row.auc.value is None else row.auc.value, reverse=True)
    return Cohort(
        sha256=scored[0].entry.cohort,
        classes=classes,
        synthetic=any(each.entry.predictions.provenance["synthetic"] for each in scored),
        split=split,
        split_note=note_on_split(split),
        n=cases.n,
        n_patients=cases.n_patients,
        **counted(classes, cases.labels),
        best_note=note,
        rows=tuple(rows),
    )


def _best(scored: Sequence[Scored]) -> tuple[Scored | None, str]:
    """Return the entry with the highest AUC on validation, the first of equals, and how chosen."""
    aucs = {each: each.scores.validation_auc for each in scored}
    highest = max((auc for auc in aucs.values() if auc is not None), default=None)
    if highest is None:
        return None, "No model is chosen as the best: validation lacks a class."
    equals: dict[tuple[str, str], Scored] = {}
    for each, auc in aucs.items():
        if auc == highest:
            equals.setdefault(each.entry.identity, each)
    best, *others = equals.values()
    chosen = f"{best.entry.model} of {best.entry.run} has the highest AUC on validation"
    if others:
        chosen += f", the first of {len(others) + 1} models with that AUC"
    return best, f"{chosen} ({highest:.3f})."


def _rows(scored: Sequence[Scored], best: Scored | None, intervals: Intervals) -> list[Row]:
    """Return a row an entry; the family of tests counts equal predictions once."""
    first: dict[tuple[str, str], Scored] = {}
    for each in scored:
        first.setdefault(each.entry.identity, each)
    compared = {
        identity: Compared.of(each.scores.trainings, best.scores.trainings, intervals)
        for identity, each in first.items()
        if best is not None and each is not best
    }
    adjusted = holm([each.difference.p for each in compared.values()])
    tested = {
        identity: each.adjusted(p, intervals["confidence"])
        for (identity, each), p in zip(compared.items(), adjusted, strict=True)
    }
    rows = []
    for each in scored:
        same = first[each.entry.identity]
        rows.append(
            each.row(
                same_as=None if same is each else same.entry.run,
                best=same is best,
                compared=tested.get(each.entry.identity),
                intervals=intervals,
            )
        )
    return rows
