"""Which values of params.yaml contradict each other, found before any work."""

from typing import TYPE_CHECKING

from pipeline.finetuning.arms.fairness import unequal_search, unlike_class_weights

if TYPE_CHECKING:
    from pipeline.params import Arms, Evaluate, Finetune, Params


def contradiction(params: "Params") -> str | None:
    """Say in a sentence which keys do not go together; None where all do."""
    heads, arms = params.heads, params.finetune.arms
    members = [("ensemble.members", member) for member in params.ensemble.members]
    limited = [("limits.arms", arm) for arm in params.limits.arms]
    primary = ("evaluate.primary", params.evaluate.primary)
    for named, blocks, names in (
        ([*members, ("limits.head", params.limits.head)], "heads", heads.names),
        ([primary, *limited], "finetune.arms", arms.names),
    ):
        for key, name in named:
            if name not in names:
                return (
                    f"{key} names {name!r}, which has no block under {blocks} "
                    f"(these have: {', '.join(names)})."
                )
    for problem in (
        _margin_without_reason(params.evaluate),
        _all_warmup(arms),
        _too_many_processes(params.finetune),
    ):
        if problem:
            return problem
    weights = {
        name: each["class_weight"]
        for name in heads.names
        if "class_weight" in (each := heads[name].model_dump())
    }
    return unequal_search({name: arms[name] for name in arms.names}) or unlike_class_weights(
        weights, params.finetune.class_weight
    )


def _margin_without_reason(settings: "Evaluate") -> str | None:
    """Ask for the reason of a margin: without one, 'not worse' would mean nothing."""
    if settings.margin is None or (settings.margin_reason or "").strip():
        return None
    return (
        f"evaluate.margin is {settings.margin:g} without a reason: say in evaluate.margin_reason "
        "why a smaller difference in AUC would not matter, or set evaluate.margin to null, which "
        "leaves out claims that a model is not worse."
    )


def _all_warmup(arms: "Arms") -> str | None:
    for name in arms.names:
        arm = arms[name]
        if arm.warmup_epochs >= arm.epochs:
            return (
                f"finetune.arms.{name} has {arm.warmup_epochs} warmup_epochs and {arm.epochs} "
                "epochs: set fewer of the former, or all of its training would be warm-up."
            )
    return None


def _too_many_processes(settings: "Finetune") -> str | None:
    processes, batch_size = settings.processes, settings.batch_size
    if processes == "auto" or processes <= batch_size:
        return None
    return (
        f"finetune.processes is {processes}, and a batch has {batch_size} images "
        "(finetune.batch_size) for them to share: set fewer processes or larger batches."
    )
