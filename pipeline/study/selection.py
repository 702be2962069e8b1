"""The models that stand for a backbone: its best head and its arm of fine-tuning."""

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
    primary
        The arm that was chosen beforehand to stand for fine-tuning.
    """

    backbone: str
    frozen: dict[str, Scored]
    ensembles: dict[str, Scored]
    tuned: dict[str, Scored]
    primary: str

    @property
    def best_head(self) -> Scored | None:
        """The head with the highest AUC inside the training split, of single models if any.

        Where not all of them were cross-validated there, that with the highest on validation.
        """
        single = [each for each in self.frozen.values() if is_single(each)]
        heads = single or list(self.frozen.values())
        inner = {each: auc for each in heads if (auc := each.entry.inner_auc) is not None}
        return max(inner, key=inner.__getitem__) if len(inner) == len(heads) > 0 else best(heads)

    @property
    def main_arm(self) -> Scored | None:
        """The primary arm; where it was not run, that with the highest AUC on validation."""
        return self.tuned.get(self.primary) or best(self.tuned.values())

    @property
    def best(self) -> Scored | None:
        """The better of the best head and the main arm on validation."""
        return best(each for each in (self.best_head, self.main_arm) if each is not None)


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


def by_backbone(scored: Sequence[Scored], primary: str) -> list[Standing]:
    """Sort the models of a study by backbone and arm; of several runs of one the first counts.

    Parameters
    ----------
    scored
        All models.
    primary
        The arm that was chosen beforehand to stand for fine-tuning.
    """
    standings: dict[str, Standing] = {}
    for each in scored:
        entry = each.entry
        name = entry.predictions.provenance["backbone"]
        standing = standings.setdefault(name, Standing(name, {}, {}, {}, primary))
        of_arm = {FROZEN: standing.frozen, ENSEMBLE: standing.ensembles, FINETUNED: standing.tuned}
        of_arm[entry.arm].setdefault(entry.model, each)
    return list(standings.values())
