"""What the seed study claimed, beside what this study measured (docs/seed-study.md)."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from pipeline.artifacts.document import Document
from pipeline.leaderboard.contrast import accuracy_contrast, auc_contrast, f1_contrast
from pipeline.leaderboard.scored import Scored
from pipeline.reporting.text import with_interval
from pipeline.statistics.bootstrap import Intervals
from pipeline.study.answers import adjusted, shown
from pipeline.study.selection import Standing, unlike

Verdict: TypeAlias = Literal["supported", "not supported", "not decided"]
SUPPORTED: Verdict = "supported"
NOT_SUPPORTED: Verdict = "not supported"
NOT_DECIDED: Verdict = "not decided"
Pairs: TypeAlias = dict[str, tuple[Scored, Scored]]
"""Fine-tuning and frozen head by backbone."""

SEVERAL = 2  # backbones
CHAMPION = "inception_v3"


class Claim(Document):
    """A claim of the seed study and what was measured here."""

    claim: str
    verdict: Verdict
    measured: str


def claims(standings: Sequence[Standing], intervals: Intervals) -> tuple[Claim, ...]:
    """Return each claim of the seed study with its verdict.

    Parameters
    ----------
    standings
        The backbones.
    intervals
        How intervals are made.

    Notes
    -----
    A claim is supported where the tests, adjusted by Holm within the claim, show what it says;
    not supported where they show its opposite; else not decided. Synthetic images and random
    weights decide nothing: the claims are of radiographs and of pretrained networks. Nor do two
    models of a backbone that were not trained alike.
    """
    pairs = _pairs(standings)
    apart = sorted({words for pair in pairs.values() for words in unlike(*pair)})
    why = f"The two were not trained alike ({', '.join(apart)})." if apart else ""
    cannot = _cannot_decide(standings)
    return (
        _undecided(_tuned_better(pairs, intervals), cannot or why),
        _undecided(_frozen_more_accurate(pairs, intervals), cannot or why),
        _undecided(_champion(standings, intervals), cannot),
    )


def _undecided(claim: Claim, why: str) -> Claim:
    """Return a claim as not decided where there is a reason."""
    if not why:
        return claim
    measured = f"{claim.measured} {why}"
    return claim.model_copy(update={"verdict": NOT_DECIDED, "measured": measured})


def _cannot_decide(standings: Sequence[Standing]) -> str:
    """Say why these runs can decide no claim; empty where they can."""
    origins = [
        each.entry.predictions.provenance
        for standing in standings
        for each in (*standing.frozen.values(), *standing.tuned.values())
    ]
    if any(each["synthetic"] for each in origins):
        return "The images are synthetic, so this decides nothing about radiographs."
    if any(each["weights_random"] for each in origins):
        return "Weights are random, so this decides nothing about pretrained networks."
    return ""


def _pairs(standings: Sequence[Standing]) -> Pairs:
    """Return fine-tuning and frozen head of each backbone.

    They are those of the seed study's protocol where these were run, and trained alike; else the
    head is the best one.
    """
    found: Pairs = {}
    for each in standings:
        tuned = each.tuned.get("finetune-seed") or each.main_arm
        heads = [
            head for head in (each.frozen.get("linear_probe"), each.best_head) if head is not None
        ]
        if tuned is not None and heads:
            alike = [head for head in heads if not unlike(tuned, head)]
            found[each.backbone] = (tuned, (alike or heads)[0])
    return found


def _named(pairs: Pairs) -> str:
    models = {(tuned.entry.model, head.entry.model) for tuned, head in pairs.values()}
    return ", ".join(f"{tuned} minus {head}" for tuned, head in sorted(models))


def _tuned_better(pairs: Pairs, intervals: Intervals) -> Claim:
    claim = "Fine-tuning is better than feature extraction on several backbones."
    if not pairs:
        return Claim(claim=claim, verdict=NOT_DECIDED, measured="No backbone has both.")
    tested = adjusted(
        [
            auc_contrast([(tuned.scores.trainings, head.scores.trainings)], intervals)
            for tuned, head in pairs.values()
        ]
    )
    signs = [shown(each, intervals["confidence"]) for each in tested]
    verdict: Verdict = NOT_DECIDED
    if signs.count(1) >= SEVERAL:
        verdict = SUPPORTED
    elif len(signs) - signs.count(-1) < SEVERAL <= len(signs):
        verdict = NOT_SUPPORTED
    figures = "; ".join(
        f"{name} {with_interval(each, signed=True)}"
        for name, each in zip(pairs, tested, strict=True)
    )
    return Claim(
        claim=claim,
        verdict=verdict,
        measured=f"AUC, {_named(pairs)}: {figures}. Shown to be higher on {signs.count(1)}, to be "
        f"lower on {signs.count(-1)} of {len(signs)}.",
    )


def _frozen_more_accurate(pairs: Pairs, intervals: Intervals) -> Claim:
    claim = "Feature extraction is more accurate than fine-tuning."
    if not pairs:
        return Claim(claim=claim, verdict=NOT_DECIDED, measured="No backbone has both.")
    scores = [(tuned.scores.trainings, head.scores.trainings) for tuned, head in pairs.values()]
    found = accuracy_contrast(scores, intervals)
    verdicts: dict[int, Verdict] = {1: NOT_SUPPORTED, -1: SUPPORTED, 0: NOT_DECIDED}
    verdict = verdicts[shown(found, intervals["confidence"])]
    return Claim(
        claim=claim,
        verdict=verdict,
        measured=f"Accuracy at the threshold that validation chose, {_named(pairs)}, mean of "
        f"{len(pairs)} backbones: {with_interval(found, signed=True)}.",
    )


def _champion(standings: Sequence[Standing], intervals: Intervals) -> Claim:
    claim = "Inception v3 is best in accuracy, AUC and F1."
    models = {each.backbone: model for each in standings if (model := each.best) is not None}
    if CHAMPION not in models or len(models) < SEVERAL:
        measured = "Inception v3 and another backbone were not both run."
        return Claim(claim=claim, verdict=NOT_DECIDED, measured=measured)
    first = models.pop(CHAMPION).scores.trainings
    others = {name: model.scores.trainings for name, model in models.items()}
    tested = {
        f"{figure} less {name}'s": difference
        for name, other in others.items()
        for figure, difference in (
            ("accuracy", accuracy_contrast([(first, other)], intervals)),
            ("AUC", auc_contrast([(first, other)], intervals)),
            ("F1", f1_contrast(first, other, intervals)),
        )
    }
    found = dict(zip(tested, adjusted(list(tested.values())), strict=True))
    signs = [shown(each, intervals["confidence"]) for each in found.values()]
    verdict: Verdict = NOT_DECIDED
    if all(sign == 1 for sign in signs):
        verdict = SUPPORTED
    elif -1 in signs:
        verdict = NOT_SUPPORTED
    figures = "; ".join(
        f"{name} {with_interval(each, signed=True)}" for name, each in found.items()
    )
    return Claim(claim=claim, verdict=verdict, measured=f"Inception v3: {figures}.")
