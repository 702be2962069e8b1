"""Time every head, and their ensemble, on 5,216 images of 1,280 features.

Beside the seconds on the clock stand those of all cores together, which other work on the machine
does not lengthen.

Example: python -m benchmarks.heads
"""

import time

import numpy as np

from heads.base import Head
from heads.ensemble import Ensemble
from heads.examples import Examples
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
    fitted: dict[str, Head] = {}
    print(f"{'':<22}{'clock':>10}{'cores':>10}")
    began = time.perf_counter(), time.process_time()
    for name in params.heads.names:
        head = params.heads[name].make(name, seed=params.seed)
        start = time.perf_counter(), time.process_time()
        fitted[name] = head.fit(train, validation)
        report(name, start)
    start = time.perf_counter(), time.process_time()
    Ensemble.of({name: fitted[name] for name in params.ensemble.members}, validation)
    report("ensemble", start)
    report("all", began)
    print(f"{len(train):,} images, {FEATURES:,} features, {VIEWS} views")


def report(name: str, start: tuple[float, float]) -> None:
    """Print the seconds since `start`, by the clock and of all cores."""
    clock, cores = time.perf_counter() - start[0], time.process_time() - start[1]
    print(f"{name:<22}{clock:>8.1f} s{cores:>8.1f} s")


if __name__ == "__main__":
    main()
