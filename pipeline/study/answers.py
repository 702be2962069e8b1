"""The three questions of a study, answered in words."""

from collections.abc import Mapping, Sequence

from pipeline.artifacts.document import Document
from pipeline.artifacts.results import Difference
from pipeline.artifacts.work import Work
from pipeline.evaluation.study import INNER, VALIDATION
from pipeline.leaderboard.contrast import auc_contrast
from pipeline.leaderboard.scored import Scored
from pipeline.reporting.sections.pairs import p_value
from pipeline.reporting.style import name_in_words
from pipeline.reporting.text import number, ratio_of, with_interval
from pipeline.statistics.bootstrap import Intervals
from pipeline.statistics.holm import holm
from pipeline.study.selection import Standing, best, unlike
from radbank.meter import total

_WORTH = {
    1: "a gain is shown",
    -1: "a loss is shown",
    0: "neither a gain nor a loss is shown",
}
UNKNOWN = "No answer: validation lacks a class, or a model of this kind was not run."


class Answer(Document):
    """A question, what the study says to it, and the differences that this rests on."""

    question: str
    words: str
    details: tuple[str, ...] = ()


def answers(standings: Sequence[Standing], intervals: Intervals) -> tuple[Answer, ...]:
    """Return the answers to the three questions about the backbones of a study."""
    return (
        which_backbone(standings, intervals),
        which_head(standings, intervals),
        is_finetuning_worth_it(standings, intervals),
    )


def which_backbone(standings: Sequence[Standing], intervals: Intervals) -> Answer:
    """Compare the better of each backbone's best head and main arm with the best of all."""
    question = "Which backbone?"
    chosen = {model: each for each in standings if (model := each.best) is not None}
    first = best(chosen)
    if first is None:
        return Answer(question=question, words=UNKNOWN)
    others = [model for model in chosen if model is not first]
    found = adjusted(
        [
            auc_contrast([(first.scores.trainings, other.scores.trainings)], intervals)
            for other in others
        ]
    )
    names = [chosen[other].backbone for other in others]
    words = (
        f"{chosen[first].backbone} is best on validation, with {_model(first)}: AUC "
        f"{with_interval(first.estimate('auc', intervals))}. "
    )
    return Answer(
        question=question,
        words=words + _verdicts(names, found, intervals["confidence"]),
        details=tuple(
            _detail(f"{chosen[first].backbone} minus {name}", each)
            for name, each in zip(names, found, strict=True)
        ),
    )


def which_head(standings: Sequence[Standing], intervals: Intervals) -> Answer:
    """Compare single heads by their mean AUC over the backbones."""
    question = "Which head?"
    common = [name for name in standings[0].frozen if all(name in s.frozen for s in standings)]
    inner = {name: [s.frozen[name].entry.inner_auc for s in standings] for name in common}
    means, chosen_by = _means(inner), INNER
    if len(means) < len(common):
        aucs = {name: [s.frozen[name].scores.validation_auc for s in standings] for name in common}
        means, chosen_by = _means(aucs), VALIDATION
    if not means:
        return Answer(question=question, words=UNKNOWN)
    first = max(means, key=means.__getitem__)
    others = [name for name in means if name != first]
    found = adjusted(
        [
            auc_contrast(
                [
                    (s.frozen[first].scores.trainings, s.frozen[other].scores.trainings)
                    for s in standings
                ],
                intervals,
            )
            for other in others
        ]
    )
    names = [name_in_words(other) for other in others]
    words = (
        f"{name_in_words(first)} is {chosen_by}{_over(standings)} (AUC {number(means[first])}). "
    )
    return Answer(
        question=question,
        words=words + _verdicts(names, found, intervals["confidence"]),
        details=tuple(
            _detail(f"{name_in_words(first)} minus {name}", each)
            for name, each in zip(names, found, strict=True)
        ),
    )


def is_finetuning_worth_it(standings: Sequence[Standing], intervals: Intervals) -> Answer:
    """Compare the main arm of each backbone with its best head: the AUC gained, and its price."""
    question = "Is fine-tuning worth it?"
    pairs = [
        (tuned, head)
        for each in standings
        if (tuned := each.main_arm) is not None and (head := each.best_head) is not None
    ]
    if not pairs:
        return Answer(question=question, words=UNKNOWN)
    scores = [(tuned.scores.trainings, head.scores.trainings) for tuned, head in pairs]
    gained = auc_contrast(scores, intervals)
    worth = _WORTH[shown(gained, intervals["confidence"])]
    if why := sorted({words for pair in pairs for words in unlike(*pair)}):
        worth = f"no verdict, because the two were not trained alike ({', '.join(why)})"
    alone = adjusted([auc_contrast([pair], intervals) for pair in scores])
    details = [
        _detail(f"{_model(tuned)} minus {_model(head)} on {_backbone(tuned)}", each)
        for (tuned, head), each in zip(pairs, alone, strict=True)
    ]
    return Answer(
        question=question,
        words=f"Fine-tuning minus the best head{_over(standings)}: AUC "
        f"{with_interval(gained, signed=True)}, {worth}. {_price(pairs)}",
        details=tuple(details),
    )


def _means(aucs: Mapping[str, Sequence[float | None]]) -> dict[str, float]:
    """Return the mean of each head whose AUC is known on every backbone."""
    known = {name: [auc for auc in each if auc is not None] for name, each in aucs.items()}
    return {
        name: sum(each) / len(each)
        for name, each in known.items()
        if each and len(each) == len(aucs[name])
    }


def shown(difference: Difference, confidence: float) -> int:
    """Return 1 or -1 where a difference is shown to be above or below zero, else 0."""
    p = difference.p if difference.p_holm is None else difference.p_holm
    if p is None or difference.value is None or p >= 1 - confidence:
        return 0
    return 1 if difference.value > 0 else -1


def adjusted(tested: Sequence[Difference]) -> list[Difference]:
    """Adjust the p-values of a question for all its comparisons."""
    adjusted = holm([each.p for each in tested])
    return [each.model_copy(update={"p_holm": p}) for each, p in zip(tested, adjusted, strict=True)]


def _verdicts(names: Sequence[str], found: Sequence[Difference], confidence: float) -> str:
    """Say which of the others are shown to be lower or higher, and which are not told apart."""
    if not names:
        return "There is nothing to compare it with."
    kinds = {
        1: "It is shown to be higher than {}.",
        -1: "It is shown to be lower than {}.",
        0: "It is not shown to differ from {}.",
    }
    listed = {
        kind: [n for n, each in zip(names, found, strict=True) if shown(each, confidence) == kind]
        for kind in kinds
    }
    return " ".join(kinds[kind].format(", ".join(n)) for kind, n in listed.items() if n)


def _price(pairs: Sequence[tuple[Scored, Scored]]) -> str:
    """Say how many times a head's seconds fine-tuning takes, in training and in inference."""
    costs = [(tuned.entry.cost, head.entry.cost) for tuned, head in pairs]
    known = [(tuned, head) for tuned, head in costs if tuned is not None and head is not None]
    if len(known) < len(costs):
        return "What it costs is not recorded."
    training = _ratio([(tuned.to_train, head.to_train) for tuned, head in known])
    inference = _ratio([(tuned.inference, head.inference) for tuned, head in known])
    return (
        f"It took {training} the seconds of the head in training (search and the embeddings that "
        f"the head uses included), and {inference} in inference."
    )


def _ratio(pairs: Sequence[tuple[Work, Work]]) -> str:
    """Return the ratio of the seconds per 1,000 images, summed over pairs."""
    first, second = (
        total(work.seconds_per_1000 for work in works) for works in zip(*pairs, strict=True)
    )
    return ratio_of(first, second)


def _detail(words: str, difference: Difference) -> str:
    p = "" if difference.p_holm is None else f", p {p_value(difference.p_holm)} (Holm)"
    if difference.value is not None and difference.low is None:
        return f"{words}: {number(difference.value, signed=True)}, no interval and no claim{p}"
    return f"{words}: {with_interval(difference, signed=True)}{p}"


def _over(standings: Sequence[Standing]) -> str:
    return f", on average over {len(standings)} backbones" if len(standings) > 1 else ""


def _model(scored: Scored) -> str:
    return name_in_words(scored.entry.model)


def _backbone(scored: Scored) -> str:
    return str(scored.entry.predictions.provenance["backbone"])
