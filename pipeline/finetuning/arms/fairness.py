"""Settings under which arms and heads could not be compared fairly."""

from collections.abc import Mapping

from heads.class_weights import ClassWeight
from pipeline.finetuning.arms.base import Arm


def unequal_search(arms: Mapping[str, Arm]) -> str | None:
    """Say in a sentence which arms choose from unequal numbers of learning rates.

    The best of more settings is better by chance alone, so an arm with more of them has an edge.
    The same rate given twice is one setting.

    Parameters
    ----------
    arms
        By name.

    Returns
    -------
    str or None
        What is wrong and what to do; None where all arms try equally many.
    """
    for name, arm in arms.items():
        for rate in arm.learning_rate:
            if arm.learning_rate.count(rate) > 1:
                return (
                    f"finetune.arms.{name}.learning_rate names {rate} twice, which is one setting "
                    "to try and would count as two: give each rate once."
                )
    tried = {name: len(arm.learning_rate) for name, arm in arms.items()}
    fewest, most = min(tried, key=tried.__getitem__), max(tried, key=tried.__getitem__)
    if tried[fewest] == tried[most]:
        return None
    return (
        f"finetune.arms.{most} chooses from {tried[most]} learning rates and finetune.arms."
        f"{fewest} from {tried[fewest]}, so that a comparison of the two would favour the former: "
        "give every arm equally many under learning_rate."
    )


def unlike_class_weights(heads: Mapping[str, ClassWeight], arms: ClassWeight) -> str | None:
    """Say in a sentence which head weights classes otherwise than the arms do.

    Parameters
    ----------
    heads
        The class weights of each head that has them as a setting.
    arms
        Those of all arms.
    """
    for name, weights in heads.items():
        if weights != arms:
            return (
                f"heads.{name}.class_weight is {_plain(weights)} and finetune.class_weight is "
                f"{_plain(arms)}, so that a comparison of the two would be one of class weights "
                "too: give both the same."
            )
    return None


def _plain(weights: ClassWeight) -> str:
    """Return class weights as params.yaml spells them."""
    return weights or "null"
