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
        Single heads, ensembles of them, and arms of fine-tuning, by name. Ensembles are compared
        with no single network.
    """

    backbone: str
    frozen: dict[str, Scored]
    ensembles: dict[str, Scored]
    tuned: dict[str, Scored]

    @property
    def best_head(self) -> Scored | None:
        """The single head with the highest AUC on validation."""
        return best(self.frozen.values())

    @property
    def best_tuned(self) -> Scored | None:
        """The arm with the highest AUC on validation."""
        return best(self.tuned.values())

    @property
    def best(self) -> Scored | None:
        """The model, ensemble aside, with the highest AUC on validation."""
        return best([*self.frozen.values(), *self.tuned.values()])


def best(models: Iterable[Scored]) -> Scored | None:
    """Return the model with the highest AUC on validation, the first of equals."""
    aucs = {each: each.scores.validation_auc for each in models}
    defined = {each: auc for each, auc in aucs.items() if auc is not None}
    return max(defined, key=defined.__getitem__, default=None)


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
