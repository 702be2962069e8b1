"""The trainings of an arm: every learning rate once, then the best of them from other seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.finetuning.best import Best
from pipeline.finetuning.epoch import Epoch
from pipeline.finetuning.loop import Training
from pipeline.finetuning.resume import Resumable
from radbank.meter import Spent


@dataclass(frozen=True, eq=False)
class Trained:
    """What a training came to.

    Attributes
    ----------
    learning_rate, seed
        What it was started with.
    history
        All of its epochs.
    best
        The best of them, with its weights.
    spent
        What it took, also in processes before this one.
    """

    learning_rate: float
    seed: int
    history: Sequence[Epoch]
    best: Best
    spent: Spent


def train_all(
    make: Callable[[float, int], Training],
    rates: Sequence[float],
    seeds: Sequence[int],
    *,
    resumable: Resumable,
    auc: str,
) -> tuple[list[Trained], list[Trained]]:
    """Train at every rate from the first seed, and at the rate best on validation from the others.

    Parameters
    ----------
    make
        Starts a training at a learning rate from a seed.
    rates, seeds
        To train with.
    resumable
        Where trainings keep their states.
    auc
        What the AUC is called inside a sentence.

    Returns
    -------
    trainings
        One a seed, at the chosen rate, in the order of `seeds`.
    rejected
        Those at the other rates.

    Raises
    ------
    RadbankError
        If a training diverges.
    """

    def train(rate: float, seed: int) -> Trained:
        training = make(rate, seed)
        for epoch in resumable.run(training, f"rate-{rate:g}-seed-{seed}"):
            print(progress(epoch, training.recipe.epochs, auc))
        if training.best is None:
            raise AssertionError("the last epoch can always be kept")
        spent = training.times.spent(training.step)
        return Trained(rate, seed, training.history, training.best, spent)

    first, *others = seeds
    tried = [train(rate, first) for rate in rates]
    by = make(rates[0], first).recipe.chosen_by if len(tried) > 1 else "auc"
    chosen = max(tried, key=lambda each: each.best.epoch.rank(by))
    trainings = [chosen, *(train(chosen.learning_rate, seed) for seed in others)]
    return trainings, [each for each in tried if each is not chosen]


def progress(epoch: Epoch, epochs: int, auc: str) -> str:
    """Say in a line what an epoch came to; `auc` is what the AUC is called."""
    return (
        f"epoch {epoch.number}/{epochs}: loss {epoch.loss:.4f}, validation loss "
        f"{epoch.validation_loss:.4f}, validation {auc} {epoch.validation_auc:.4f}, learning rate "
        f"{epoch.learning_rate:.2e}"
    )
