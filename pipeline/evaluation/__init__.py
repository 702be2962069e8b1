"""How good are the scores, how sure is that, and which of two models is better.

Every number comes from one vectorised place (`metrics`), its uncertainty from another
(`bootstrap`); both work on `ScoredCases`, so a new metric or a new interval is one more function.
"""

from pipeline.evaluation.comparison import compare
from pipeline.evaluation.score import score
from pipeline.evaluation.scored_cases import ScoredCases
from pipeline.evaluation.thresholds import youden_threshold

__all__ = ["ScoredCases", "compare", "score", "youden_threshold"]
