"""metrics/summary.json: every model's metrics and the conclusion."""

from pydantic import ConfigDict, Field

from pipeline.artifacts.conditions import Conditions
from pipeline.artifacts.provenance import RANDOM, REAL
from pipeline.artifacts.results import Counted, ModelMetrics, PairSummary

_AUGMENTED = "_augmented"
QUICK = "fine-tuned with the quick sizes of the profile finetune.demo"


class Summary(Counted):
    """metrics/summary.json: every model's metrics and the conclusion.

    `<model>_augmented` is a model on its first augmented view, where there is one; `relabelled`
    counts the images whose label a second reading changed.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, ModelMetrics | None]

    data: str
    backbone: str
    weights: str
    split: str
    split_note: str | None
    n: int
    n_patients: int
    confidence: float
    bootstrap: int
    interval: str
    best_head: str | None
    best_head_by: str
    models: dict[str, ModelMetrics]
    primary: str
    plan_sha256: str
    primary_minus_best_head: PairSummary | None
    conclusion: str | None
    differences: tuple[str, ...] = ()
    conditions: dict[str, Conditions] = Field(default_factory=dict)
    relabelled: int = 0

    @property
    def augmented(self) -> dict[str, ModelMetrics]:
        """Metrics on the first augmented view, by model."""
        return {
            name.removesuffix(_AUGMENTED): found
            for name, found in self.__pydantic_extra__.items()
            if found is not None and name.endswith(_AUGMENTED)
        }

    def unlike(self, first: str, second: str) -> list[str]:
        """Say in words what keeps a comparison of two models from being fair."""
        if not {first, second} <= set(self.conditions):
            return []
        return self.conditions[first].unlike(self.conditions[second])

    @property
    def smallest_class(self) -> int:
        """The number of images of the class with the fewest."""
        if self.n_by_class is not None:
            return min(self.n_by_class.values())
        positive = self.n_positive or 0
        return min(positive, self.n - positive)

    @property
    def auc(self) -> str:
        """What the AUC is called inside a sentence."""
        return "AUC" if self.binary else "macro AUC"

    @property
    def auc_heading(self) -> str:
        """What the AUC is called where it stands alone."""
        return self.auc[0].upper() + self.auc[1:]

    @property
    def level(self) -> str:
        """The confidence in per cent, as '95 %'."""
        return f"{100 * self.confidence:g} %"

    @property
    def size(self) -> str:
        """Cases, patients and how many are of which class, in words."""
        return f"{self.n:,} images of {self.n_patients:,} patients, {self.counts}"

    @property
    def synthetic(self) -> bool:
        """Whether a program made the images."""
        return self.data != REAL

    @property
    def random_weights(self) -> bool:
        """Whether the backbone was not pretrained."""
        return self.weights == RANDOM

    @property
    def cautions(self) -> list[str]:
        """What keeps this from being a held-out test of a pretrained network, in words."""
        random = ["random weights, not pretrained"] if self.random_weights else []
        synthetic = [self.data, QUICK] if self.synthetic else []
        note = [self.split_note] if self.split_note else []
        return [*synthetic, *random, *note, *self.changed_labels]

    @property
    def changed_labels(self) -> list[str]:
        """Say which labels a second reading changed, if any."""
        if not self.relabelled:
            return []
        changed = f"{self.relabelled} of {self.n} labels changed by a second reading"
        return [f"{changed}, which favours models that contradicted them"]
