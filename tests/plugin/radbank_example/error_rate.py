"""The share of wrong decisions."""

from pipeline.evaluation.metric import Metric, resampled

METRIC = Metric(
    name="error_rate",
    label="Error rate",
    higher_is_better=False,
    values=resampled(lambda labels, _probabilities, predicted: (labels != predicted).mean()),
)
