"""The models that stand for a backbone and for an arm: those best on validation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.leaderboard.entries import ENSEMBLE, FINETUNED, FROZEN
from pipeline.leaderboard.scored import Scored


@dataclass(frozen=True, eq=False)
class Standing:
    """One backbone of the study.

    Attributes
    ----------
    backbone
        Its name.
    frozen, ensembles, tuned
        Heads, ensembles of them, and arms of fine-tuning, by name.
    """

    backbone: str
    frozen: dict[str, Scored]
    ensembles: dict[str, Scored]
    tuned: dict[str, Scored]

    @property
    def best_head(self) -> Scored | None:
        """The head with the highest AUC on validation, of those that are a single model if any."""
        single = [each for each in self.frozen.values() if is_single(each)]
        return best(single or self.frozen.values())

    @property
    def best_tuned(self) -> Scored | None:
        """The arm with the highest AUC on validation."""
        return best(self.tuned.values())

    @property
    def best(self) -> Scored | None:
        """The better of the best head and the best arm on validation."""
        return best(each for each in (self.best_head, self.best_tuned) if each is not None)


def best(models: Iterable[Scored]) -> Scored | None:
    """Return the model with the highest AUC on validation, the first of equals."""
    aucs = {each: each.scores.validation_auc for each in models}
    defined = {each: auc for each, auc in aucs.items() if auc is not None}
    return max(defined, key=defined.__getitem__, default=None)


def is_single(model: Scored) -> bool:
    """Tell whether one fitted model answers, as far as its predictions say so."""
    said = model.entry.predictions.conditions
    return said is None or said.networks == 1


def unlike(one: Scored, other: Scored) -> list[str]:
    """Say in words what keeps a comparison of two models of a backbone from being fair."""
    said, also = (each.entry.predictions.conditions for each in (one, other))
    return [] if said is None or also is None else said.unlike(also)


def by_backbone(scored: Sequence[Scored]) -> list[Standing]:
    """Sort the models of a study by backbone and arm; of several runs of one the first counts."""
    standings: dict[str, Standing] = {}
    for each in scored:
        entry = each.entry
        name = entry.predictions.provenance["backbone"]
        standing = standings.setdefault(name, Standing(name, {}, {}, {}))
        of_arm = {FROZEN: standing.frozen, ENSEMBLE: standing.ensembles, FINETUNED: standing.tuned}
        of_arm[entry.arm].setdefault(entry.model, each)
    return list(standings.values())
