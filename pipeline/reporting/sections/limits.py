"""What the result cannot show."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.artifacts.summary import Summary
from pipeline.params import Params
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.section import Section

FEW_EVENTS = 100
FEW_PATIENTS = 50  # below it the bootstrap of several classes is too narrow (benchmarks)

_ONE_RUN = (
    "It is one split and one training run of each model. The intervals say how much the figures "
    "would change with other test patients, not with another split, another seed or another "
    "hospital."
)
_ONE_SPLIT = (
    "It is one split. The intervals say how much the figures would change with other test patients "
    "and, where a model was trained several times, with other seeds, not with another split or "
    "another hospital."
)
_CHOSEN = (
    "The best head was picked among several before the test; another one may be better. "
    "Subgroups were looked at, not tested: with many of them, some differ by chance."
)
_THRESHOLDS = (
    "Thresholds come from the validation split. Where classes or images differ at the place of "
    "use, sensitivity and specificity will too."
)
_SECONDS = (
    "Seconds were measured once, on one machine that may have done other work. Features computed "
    "earlier and reused would make embedding look cheaper than it is."
)
_MIX = (
    "An image is called the class of its highest probability. Where the mix of classes or the "
    "images differ at the place of use, so will accuracy and precision."
)


def limits(
    params: Params, summary: Summary, quarantined: int, cautions: Sequence[str] = ()
) -> list[str]:
    """Return what the result cannot show, the gravest first.

    Parameters
    ----------
    params, summary
        Of the run.
    quarantined
        Number of files that could not be used.
    cautions
        What ingest found doubtful in the data set.
    """
    found = []
    if summary.synthetic:
        found.append(
            "The images are synthetic. They show that the pipeline works; nothing here says how "
            "well any model reads a radiograph."
        )
    if summary.random_weights:
        found.append(
            "The backbone's weights are random. The heads saw features that were never trained; "
            "nothing here speaks for or against pretraining."
        )
    if summary.split != "test":
        found.append(
            f"There is no held-out test split. The figures come from the {summary.split} split, "
            "on which thresholds were chosen and trainings stopped too, and are too good."
        )
    fewest = summary.smallest_class
    if fewest == 0:
        found.append(
            f"The {summary.split} split lacks a class ({summary.counts}). What needs both, as the "
            "AUC, is not defined, and nothing here says how well any model tells the classes apart."
        )
    elif fewest < FEW_EVENTS:
        smaller = "smaller" if summary.binary else "smallest"
        found.append(
            f"The test is small: {fewest} images in its {smaller} class. At least {FEW_EVENTS} are "
            "advised for a trustworthy estimate (Collins, Ogundimu and Altman, Statistics in "
            "Medicine 35, 2016)."
        )
    if not summary.binary and summary.n_patients < FEW_PATIENTS:
        found.append(
            f"The {summary.split} split has {summary.n_patients} patients. With so few, bootstrap "
            "intervals are too narrow: in simulations of 24 patients, those of the balanced "
            "accuracy held the truth in 90 % of cohorts instead of 95 %."
        )
    several = any(model.trainings > 1 for model in summary.models.values())
    found += [
        _ONE_SPLIT if several else _ONE_RUN,
        _CHOSEN,
        _THRESHOLDS if summary.binary else _MIX,
        _SECONDS,
    ]
    if (side := params.finetune.side(synthetic=summary.synthetic)) is not None:
        found.append(
            f"Fine-tuning read its images at {side} pixels, which need not "
            "be the size that the frozen backbone read; the comparison is of the two recipes as "
            "they were set, not of fine-tuning at its best."
        )
    if params.data.groups is None and params.data.group_pattern is None:
        found.append(
            "No table of patients was given (data.groups). Where the file layout does not name "
            "the patient, images of one person may lie in both training and test, which flatters "
            "every model."
        )
    found += [*cautions, *(f"{each}.".capitalize() for each in summary.changed_labels)]
    if quarantined:
        found.append(
            f"Files that could not be used: {quarantined}. They "
            "were left out, and may differ from those that could."
        )
    found.append("This is research, not a medical device. No model here is fit for clinical use.")
    return found


def _context(evidence: Evidence) -> Mapping[str, Any]:
    cautions = evidence.cases.cautions
    found = limits(evidence.params, evidence.summary, len(evidence.quarantine), cautions)
    return {"limits": found}


section = Section("Limits", _context)
