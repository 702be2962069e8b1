"""Time every head, and their ensemble, on 5,216 images of 1,280 features.

Example: python -m benchmarks.heads
"""

import time

import numpy as np

from heads import HEADS, get_head
from heads.base import Examples, Head
from heads.ensemble import Ensemble
from pipeline.params import load_params

IMAGES, FEATURES, VIEWS = 5216, 1280, 2
VALIDATION = 1000
INFORMATIVE = 40  # features that tell the classes apart, a little each


def cohort() -> tuple[Examples, Examples]:
    """Return drawn training and validation images, two a patient, features in few directions."""
    rng = np.random.default_rng(0)
    n = IMAGES + VALIDATION
    labels = (np.arange(n) // 2 % 4 > 0).astype(np.int64)
    # correlated as embeddings are: a hundred directions hold most of the variance
    latent = rng.normal(size=(n, 100))
    latent[:, :INFORMATIVE] += 0.35 * labels[:, None]
    plain = latent @ rng.normal(size=(100, FEATURES)) / 10 + rng.normal(size=(n, FEATURES))
    jitter = 0.3 * rng.normal(size=(n, VIEWS, FEATURES))
    jitter[:, 0] = 0
    patient = np.arange(n) // 2
    examples = Examples(
        embeddings=(plain[:, np.newaxis] + jitter).astype(np.float32),
        labels=labels,
        groups=patient.astype(str).astype(object),
        folds=patient % 5,
    )
    return examples.take(np.arange(IMAGES)), examples.take(np.arange(IMAGES, n))


def main() -> None:
    """Fit with the settings of params.yaml; print seconds."""
    params = load_params()
    train, validation = cohort()
    total = 0.0
    fitted: dict[str, Head] = {}
    for name in HEADS:
        head = get_head(name)(**getattr(params.heads, name).model_dump(), seed=params.seed)
        start = time.perf_counter()
        head.fit(train, validation)
        seconds = time.perf_counter() - start
        total += seconds
        fitted[name] = head
        print(f"{name:<22}{seconds:8.1f} s  {head.chosen()}")
    start = time.perf_counter()
    members: dict[str, Head] = {name: fitted[name] for name in params.ensemble.members}
    ensemble = Ensemble.of(members, validation)
    seconds = time.perf_counter() - start
    total += seconds
    print(f"{'ensemble':<22}{seconds:8.1f} s  {ensemble.chosen()}")
    print(f"{'all':<22}{total:8.1f} s  on {len(train):,} x {FEATURES:,} features, {VIEWS} views")


if __name__ == "__main__":
    main()
