"""metrics/finetune/<arm>.json: what an arm chose on validation."""

from pipeline.artifacts.document import Document


class ChosenTraining(Document):
    """The learning rate of the training that is reported."""

    learning_rate: float


class ArmMetrics(Document):
    """What other stages read of metrics/finetune/<arm>.json."""

    chosen: ChosenTraining
