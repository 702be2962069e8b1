"""What extraction and every model cost, so that like is compared with like."""

from collections.abc import Mapping
from typing import Any

from pipeline.artifacts.cost import Cost, FromBank
from pipeline.artifacts.summary import Summary
from pipeline.artifacts.work import GIGA, Work
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section
from pipeline.reporting.style import label, name_in_words
from pipeline.reporting.tables import Cell, Line, Table
from pipeline.reporting.text import UNDEFINED, number, ratio_of, seconds, seconds_or_none, share

COLUMNS = (
    "Training, s",
    "Training, s per 1,000",
    "Inference, s per 1,000",
    "Passes to train",
    "Parameters trained",
    "Peak memory, GB",
    "Ran by",
)
EMPTY = Cell("", "")


def cost_table(summary: Summary, costs: Mapping[str, Cost]) -> Table:
    """Return a line for extraction and for every model; energy is a column if any is known."""
    energy = any(costs[name].to_train.joules is not None for name in summary.models)
    extraction = costs["extract"]
    views = {"plain views": extraction.inference, "altered views": extraction.augmented}
    note = ", ".join(
        f"{words} {seconds_or_none(work.seconds)} s"
        for words, work in views.items()
        if work is not None and work.passes
    )
    lines = [Line("Embedding of all images", note, _cells(extraction, None, energy=energy))]
    for name in summary.models:
        cost, note = costs[name], against_best_head(summary, costs, name)
        lines.append(Line(label(name), note, _cells(cost, cost.to_train, energy=energy)))
    return Table((*COLUMNS, "Energy, kJ") if energy else COLUMNS, tuple(lines))


def against_best_head(summary: Summary, costs: Mapping[str, Cost], name: str) -> str:
    """Say how many times the best head's seconds a model takes; nothing without a best head."""
    if name == summary.best_head:
        return "best head"
    if summary.best_head not in summary.models:
        return ""
    own, head = costs[name], costs[summary.best_head]
    training = ratio_of(own.to_train.seconds, head.to_train.seconds)
    inference = ratio_of(own.inference.seconds_per_1000, head.inference.seconds_per_1000)
    return f"{training} training, {inference} inference"


def from_bank_in_words(what: str, bank: FromBank | None) -> str:
    """Say how much came from the bank, and what that spared; empty where nothing did."""
    if bank is None or not bank.reused:
        return ""
    found = f"{share(bank.reused, bank.computed + bank.reused)} {what} came from the bank"
    if bank.seconds_spared is None:
        return f"{found}, which does not say how long they took to compute."
    spared = seconds(bank.seconds_spared)
    return f"{found} and count as long as they once took to compute ({spared} s)."


def _cells(cost: Cost, training: Work | None, *, energy: bool) -> tuple[Cell, ...]:
    """Return the cells of a line; `training` is None of extraction, which trains nothing."""
    new = cost.inference
    each = None if new.gflops is None else new.gflops / new.images
    on_gpu = cost.peak_device_memory
    trained = (EMPTY, EMPTY, EMPTY, EMPTY)
    if training is not None:
        search = cost.search.seconds if cost.search else None
        trained = (
            Cell(seconds_or_none(training.seconds), f"search {seconds_or_none(search)}"),
            Cell(seconds_or_none(training.seconds_per_1000), ""),
            Cell(f"{training.passes:,}", _gflops(training.gflops)),
            Cell(UNDEFINED if cost.parameters is None else f"{cost.parameters:,}", ""),
        )
    ran_in = ", ".join(each or UNDEFINED for each in (cost.precision, cost.device))
    cells = (
        *trained[:2],
        Cell(seconds_or_none(new.seconds_per_1000), f"{_gflops(each)} an image"),
        *trained[2:],
        Cell(
            number(cost.peak_memory / GIGA, 1),
            "" if on_gpu is None else f"GPU {number(on_gpu / GIGA, 1)}",
        ),
        Cell(cost.engine or UNDEFINED, ran_in),
    )
    if not energy:
        return cells
    joules = None if training is None else training.joules
    kilojoules = None if joules is None else joules / 1000
    return (*cells, Cell(number(kilojoules, 1), cost.energy_counter or ""))


def _gflops(value: float | None) -> str:
    if value is None:
        return f"{UNDEFINED} GFLOPs"
    return f"{value:,.0f} GFLOPs" if value >= 100 else f"{value:.2g} GFLOPs"


def _context(evidence: Evidence) -> Mapping[str, Any]:
    summary, costs = evidence.summary, evidence.costs
    spared = [from_bank_in_words("embeddings", costs["extract"].bank)]
    spared += [
        from_bank_in_words(f"activations of {name_in_words(name)}", costs[name].bank)
        for name in summary.models
    ]
    counters = {cost.energy_counter for cost in costs.values() if cost.energy_counter}
    return {
        "costs": cost_table(summary, costs),
        "spared": " ".join(filter(None, spared)),
        "counters": " and ".join(sorted(counters)),
    }


section = Section("What it costs", _context)
