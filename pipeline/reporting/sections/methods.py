"""How it was done, in words that can go into a paper."""

from collections.abc import Mapping
from typing import Any

from pipeline.artifacts.summary import Summary
from pipeline.evaluation.study import INNER
from pipeline.finetuning.arms import ARMS
from pipeline.params import Evaluate, Params
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section
from pipeline.reporting.style import label, name_in_words
from pipeline.reporting.text import percent


def methods_paragraphs(params: Params, summary: Summary, official: set[str]) -> list[str]:
    """Return the paragraphs of a methods section, with the values that this run used.

    Parameters
    ----------
    params, summary
        Of the run.
    official
        The splits that came with the data set.
    """
    return [
        _cases(params, official),
        _frozen(params, summary),
        _finetuning(params, summary),
        _evaluation(params, summary),
    ]


def _cases(params: Params, official: set[str]) -> str:
    split = params.split
    if "test" in official:
        test = (
            "The test set that comes with the data was kept whole as the test split; other images "
            "of a patient in it, or with the same pixels as one in it, were excluded. Of the "
            "remaining patients"
        )
    elif split.test:
        test = f"{percent(split.test)} of the patients were held out as the test split; of the rest"
    else:
        test = "No test split was held out; of all patients"
    if "validation" in official:
        validation = "those of the validation set that comes with the data"
    else:
        validation = percent(split.validation)
    return (
        "Images were converted to 8-bit grey; those longer than "
        f"{params.prepare.size} pixels on a side were reduced to it, whole and without "
        "distortion. Cases were divided once, by patient and stratified by class (seed "
        f"{params.seed}). {test}, {validation} formed the validation split and the others were "
        "for training. All images of a patient, and all images with the same pixels, lie in the "
        "same split."
    )


def _frozen(params: Params, summary: Summary) -> str:
    views, layers = params.features.views, params.features.layers
    if summary.random_weights:
        weights = "with random weights, not pretrained"
    else:
        weights = f"with pretrained weights ({summary.weights})"
    layer = "penultimate layer" if layers == ["penultimate"] else f"layers {' and '.join(layers)}"
    augmented = (
        f" and of {'one' if views == 1 else views} randomly flipped, cropped, scaled and rotated "
        f"{'copy' if views == 1 else 'copies'} of it"
        if views
        else ""
    )
    heads = [name_in_words(name) for name in summary.models if name not in ARMS]
    on_copies = [
        name_in_words(name)
        for name, head in params.heads
        if views and getattr(head, "augment", False) and name in summary.models
    ]
    return (
        f"Frozen features: the activations of the {layer} of {summary.backbone} {weights}, "
        f"computed once of each whole image{augmented}. On these embeddings the following heads "
        f"were trained: {', '.join(heads)}. {_learned_from(on_copies)}{_imbalance(params)} "
        "Hyperparameters were chosen inside the training split or by early stopping on the "
        "validation split; all settings are listed under Provenance."
    )


def _learned_from(on_copies: list[str]) -> str:
    return f"Trained on the altered copies too: {', '.join(on_copies)}. " if on_copies else ""


def _imbalance(params: Params) -> str:
    """Say which heads weigh the classes."""
    weights = {name: getattr(head, "class_weight", None) for name, head in params.heads}
    balanced = [name_in_words(name) for name, weight in weights.items() if weight == "balanced"]
    plain = [name_in_words(name) for name, weight in weights.items() if weight != "balanced"]
    weighed = (
        f"Class imbalance: the loss was weighted inversely to class frequency in "
        f"{', '.join(balanced)}"
        if balanced
        else "Class imbalance: no head weighted the classes"
    )
    return f"{weighed}; not weighted: {', '.join(plain)}." if balanced and plain else f"{weighed}."


def _finetuning(params: Params, summary: Summary) -> str:
    tune, synthetic = params.finetune, summary.synthetic
    side = tune.side(synthetic=synthetic)
    size = f"at {side} pixels" if side else "at the network's own input size"
    arms = [
        f"{label(name)}: {tune.arm(name, synthetic=synthetic).protocol(summary.auc)}."
        for name in tune.arms.names
    ]
    quick = " Sizes are those of the profile finetune.demo, which is quick." if synthetic else ""
    return (
        "Fine-tuning: the same network, from the same start, was trained on the same splits, "
        f"{size}, in batches of {tune.batch_size} with random flips, crops, scaling and "
        f"rotations. {' '.join(arms)}{quick}"
    )


_DEFINED = {
    True: "for each model the threshold with the highest Youden index on the validation split was "
    "applied unchanged to the {split} split",
    False: "an image of the {split} split was called the class of its highest probability. Macro "
    "AUC is the mean over classes of the AUC of each class against the rest, balanced accuracy the "
    "mean of their sensitivities, macro F1 the mean of their F1; kappa is Cohen's, and the Brier "
    "score is summed over classes, from 0 to 2",
}


def _evaluation(params: Params, summary: Summary) -> str:
    auc = summary.auc
    return (
        f"Evaluation: {_DEFINED[summary.binary].format(split=summary.split)}. "
        f"{_best_head(summary)} Intervals are "
        f"{percent(summary.confidence)} intervals {summary.interval}; the bootstrap drew patients "
        f"with all their images {summary.bootstrap:,} times (seed {params.seed}). Pairs of models "
        f"were compared on the same cases by the DeLong test for {auc} and McNemar's "
        "test for accuracy, both clustered by patient, with Holm's correction "
        "over all pairs but the primary one (its arm, best head and margin were fixed before the "
        f"{summary.split} split was read, SHA-256 {summary.plan_sha256[:12]}), for differences and "
        "for non-inferiority; "
        f"{_seeds(summary)}{_margin(params.evaluate, auc)}. Probabilities were recalibrated on the "
        f"validation split ({params.evaluate.recalibration}) for calibration and "
        "decision curves only. Costs are wall-clock seconds in steady state, measured once."
    )


def _best_head(summary: Summary) -> str:
    """Say how the best head was chosen."""
    where = "on the validation split"
    if summary.best_head_by == INNER:
        where = "in cross-validation by patient inside the training split (mean over the folds)"
    return f"The best head is the one with the highest {summary.auc} {where}."


def _margin(settings: Evaluate, auc: str) -> str:
    """Say which difference would not matter."""
    if settings.margin is None:
        return "no margin of non-inferiority was set, so none was tested"
    return (
        f"a difference in {auc} of less than {settings.margin:g} was taken as one that would not "
        "matter"
    )


def _seeds(summary: Summary) -> str:
    """Say how figures of models that were trained several times are made; empty without any."""
    several = {name: each.trainings for name, each in summary.models.items() if each.trainings > 1}
    if not several:
        return ""
    named = ", ".join(f"{name_in_words(name)} ({n})" for name, n in several.items())
    return (
        f"figures of models trained from several seeds ({named}) are means over the trainings, and "
        "their intervals and tests count other patients and other seeds; all others were trained "
        "once; "
    )


def _context(evidence: Evidence) -> Mapping[str, Any]:
    official = set(evidence.cases.frame["official_split"].dropna())
    return {"methods": methods_paragraphs(evidence.params, evidence.summary, official)}


section = Section("Methods", _context)
