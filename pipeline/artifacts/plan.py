"""metrics/plan.json: the comparison that the conclusion is about, fixed before test is read."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Self

from pipeline.artifacts.document import Document


class PrimaryComparison(Document):
    """The primary comparison.

    Attributes
    ----------
    first
        The arm of fine-tuning that is compared.
    second
        The best head, from which it is subtracted; None where it can be chosen on validation only.
    inner_auc
        What the best head was chosen by: the AUC of each head inside the training split.
    margin
        Difference of AUCs that would not matter; None: nothing is claimed to be not worse.
    margin_reason
        Why it would not matter, in the words of whoever set it.
    confidence
        Of the intervals, as 0.95.
    sha256
        Of all the above, as JSON with sorted keys and without blanks.
    """

    first: str
    second: str | None
    inner_auc: dict[str, float | None]
    margin: float | None
    margin_reason: str | None = None
    confidence: float
    sha256: str

    @classmethod
    def of(
        cls,
        *,
        first: str,
        second: str | None,
        inner_auc: Mapping[str, float | None],
        margin: float | None,
        margin_reason: str | None = None,
        confidence: float,
    ) -> Self:
        """Fix a comparison."""
        fixed = {
            "first": first,
            "second": second,
            "inner_auc": dict(inner_auc),
            "margin": margin,
            "margin_reason": margin_reason,
            "confidence": confidence,
        }
        text = json.dumps(fixed, sort_keys=True, separators=(",", ":"))
        return cls.model_validate({**fixed, "sha256": sha256(text.encode()).hexdigest()})
