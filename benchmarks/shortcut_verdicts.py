"""How often the stage shortcuts finds a planted shortcut, and how often it accuses clean data.

Cohorts of 150 patients with one to three images are drawn. Their embeddings tell the disease. A
property, the view, goes with the label or does not, and the embeddings tell it or do not: only
where both hold is it a shortcut. Beside it there are two properties that have nothing to do with
the label, one that the embeddings tell and one that they do not.

Example: python -m benchmarks.shortcut_verdicts --cohorts 200 --held-out 25
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.artifacts.shortcuts import Property
from pipeline.artifacts.task import Task
from pipeline.probing.held_out import hold_out
from pipeline.probing.shortcut import Images, read_values
from pipeline.probing.verdict import judge

CONFIDENCE = 0.95
TASK = Task.of(["negative", "positive"])
N_PATIENTS, N_FEATURES, MINIMUM = 150, 20, 20
STRENGTH = 1.5  # of what embeddings tell, in standard deviations between patients


@dataclass(frozen=True)
class Scenario:
    """Whether the view goes with the label, and whether the embeddings tell it."""

    words: str
    with_label: bool
    told: bool

    @property
    def planted(self) -> bool:
        """Whether the view is a shortcut."""
        return self.with_label and self.told


SCENARIOS = (
    Scenario("planted: with the label, and told", with_label=True, told=True),
    Scenario("clean: told, not with the label", with_label=False, told=True),
    Scenario("clean: with the label, not told", with_label=True, told=False),
    Scenario("clean: neither", with_label=False, told=False),
)


def draw(generator: np.random.Generator, scenario: Scenario) -> tuple[Images, pd.DataFrame]:
    """Return embedded images, and the cases with view, sex and modality."""
    labels = generator.random(N_PATIENTS) < 0.4
    share = np.where(labels, 0.7, 0.3) if scenario.with_label else np.full(N_PATIENTS, 0.5)
    portable, female, digital = (generator.random(N_PATIENTS) < each for each in (share, 0.5, 0.5))
    centres = generator.normal(size=(N_PATIENTS, N_FEATURES))
    for column, told in enumerate((labels, portable if scenario.told else None, female)):
        if told is not None:
            centres[:, column] += STRENGTH * told
    patient = np.repeat(np.arange(N_PATIENTS), generator.integers(1, 4, N_PATIENTS))
    noise = generator.normal(size=(patient.size, N_FEATURES)) / 2
    ids = pd.Series([f"i{row}" for row in range(patient.size)])
    names = {
        "view": np.where(portable, "AP", "PA"),
        "sex": np.where(female, "F", "M"),
        "modality": np.where(digital, "DX", "CR"),
    }
    cases = pd.DataFrame({"id": ids, **{name: each[patient] for name, each in names.items()}})
    groups = patient.astype(str).astype(object)
    embeddings = (centres[patient] + noise).astype(np.float32)
    return Images(embeddings, labels[patient].astype(np.int64), groups, ids), cases


def verdicts(images: Images, cases: pd.DataFrame) -> dict[str, Property]:
    """Return the verdict on each property, as the stage gives it."""
    readings = read_values(images, cases, minimum=MINIMUM, seed=0)
    return {each.column: each for each in judge(images, readings, (), TASK, CONFIDENCE)}


def accused(scenario: Scenario, cohorts: int, seed: int) -> tuple[float, float]:
    """Return the shares of cohorts with the view accused, and with a clean property accused."""
    generator = np.random.default_rng(seed)
    counted = []
    for _ in range(cohorts):
        found = verdicts(*draw(generator, scenario))
        clean = [each for name, each in found.items() if name != "view" or not scenario.planted]
        counted.append((found["view"].shortcut, any(each.shortcut for each in clean)))
    view, any_clean = np.mean(counted, axis=0).tolist()
    return view, any_clean


def lost(scenario: Scenario, cohorts: int, seed: int) -> float:
    """Return the share of cohorts with a loss claimed of heads that never saw a value.

    There is none in truth: the disease looks alike with every value.
    """
    generator = np.random.default_rng(seed)
    held_out = (
        hold_out(*draw(generator, scenario), TASK, confidence=CONFIDENCE, seed=0)
        for _ in range(cohorts)
    )
    return float(np.mean([any(each.worse(1 - CONFIDENCE) for each in found) for found in held_out]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw cohorts, judge them and print how often the verdicts err."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=200, help="of each kind")
    parser.add_argument("--held-out", type=int, default=25, help="of them, to hold out values of")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    started = time.perf_counter()
    print(f"per cent of {asked.cohorts} cohorts (loss: of {asked.held_out})")
    print(f"{'view':<34}{'view accused':>14}{'clean accused':>15}{'loss claimed':>14}")
    for scenario in SCENARIOS:
        found = (
            *accused(scenario, asked.cohorts, asked.seed),
            lost(scenario, asked.held_out, asked.seed),
        )
        cells = "".join(
            f"{100 * each:{width}.1f}" for each, width in zip(found, (14, 15, 14), strict=True)
        )
        print(f"{scenario.words:<34}{cells}", flush=True)
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
