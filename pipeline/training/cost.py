"""What a head or an ensemble cost, and which embeddings it takes."""

from heads.ensemble import Ensemble
from pipeline.artifacts.cost import Cost
from pipeline.artifacts.work import Work
from pipeline.training.cohort import LabelledEmbeddings
from pipeline.training.description import Fitted
from pipeline.training.spent import NOTHING, FittingSpent
from radbank.memory import peak_memory
from radbank.meter import Meter, Spent


def cost_of(
    head: Fitted,
    cohort: LabelledEmbeddings,
    spent: FittingSpent,
    scoring: Spent,
    *,
    seconds: float,
) -> Cost:
    """Return the cost of a fitted head; the embeddings that it takes are counted, not charged.

    Parameters
    ----------
    head
        The fitted head or ensemble.
    cohort
        The images.
    spent
        What fitting took.
    scoring
        What predicting all views of all images took.
    seconds
        What the stage took so far.
    """
    n_train, n_validation = (int(cohort.rows(split).sum()) for split in ("train", "validation"))
    n_images, n_views, _ = cohort.examples.embeddings.shape
    members = head.members.values() if isinstance(head, Ensemble) else [head]
    altered = n_views - 1
    trained_on_altered = head.average_views or any(
        getattr(each, "augment", False) for each in members
    )
    augmented = n_train * trained_on_altered + n_validation * head.average_views
    used = n_views if head.average_views else 1
    here = spent.training.seconds + spent.search.seconds + spent.other_seeds.seconds
    return Cost(
        device=None,
        engine=None,
        precision=None,
        parameters=head.parameters,
        peak_memory=peak_memory(),
        peak_device_memory=None,
        energy_counter=Meter("cpu").counter,
        other_seconds=max(seconds - here - scoring.seconds, 0.0),
        training=_work(
            n_train, spent.training, plain=n_train + n_validation, augmented=augmented * altered
        ),
        search=_work(n_train, spent.search),
        other_seeds=None if spent.other_seeds == NOTHING else _work(n_train, spent.other_seeds),
        inference=_work(
            n_images,
            _share(scoring, used / n_views),
            plain=n_images,
            augmented=n_images * altered * head.average_views,
        ),
    )


def _work(images: int, spent: Spent, *, plain: int = 0, augmented: int = 0) -> Work:
    return Work(
        images=images,
        seconds=spent.seconds,
        joules=spent.joules,
        plain=plain,
        augmented=augmented,
    )


def _share(spent: Spent, share: float) -> Spent:
    return Spent(share * spent.seconds, None if spent.joules is None else share * spent.joules)
