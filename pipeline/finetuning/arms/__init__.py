"""Arms of fine-tuning: ways to train more than a head, one file each, found by name."""

from typing import Any

from pipeline.finetuning.arms.base import Arm
from radbank.errors import RadbankError
from radbank.registry import Registry

ARMS = Registry(
    "arm of fine-tuning",
    {
        "finetune-seed": "pipeline.finetuning.arms.seed:SeedArm",
        "finetune-modern": "pipeline.finetuning.arms.modern:ModernArm",
        "last-block": "pipeline.finetuning.arms.last_block:LastBlockArm",
    },
)
"""Name of an arm, and of its block under ``finetune.arms`` in params.yaml -> its class."""


def get_arm(name: str) -> type[Arm]:
    """Return the class of an arm.

    Raises
    ------
    RadbankError
        If there is no arm of this name, or what was declared is none.
    """
    arm: Any = ARMS[name]
    if not (isinstance(arm, type) and issubclass(arm, Arm) and arm.name == name):
        raise RadbankError(
            f"The arm of fine-tuning {name!r} is declared as {arm!r}, which is no subclass of "
            f"pipeline.finetuning.arms.base.Arm with name = {name!r}: correct its declaration."
        )
    return arm
