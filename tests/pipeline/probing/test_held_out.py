from dataclasses import replace

import numpy as np

from benchmarks.shortcut_verdicts import TASK
from pipeline.probing.held_out import hold_out
from pipeline.probing.verdict import in_words

SETTINGS = {"confidence": 0.95, "seed": 0}


def test_a_disease_that_looks_otherwise_with_a_value_is_lost_without_it(drawn):
    images, cases = drawn(with_label=False, told=True)
    portable = (cases["view"] == "AP").to_numpy()
    embeddings = images.embeddings.copy()
    embeddings[:, 5] += 4 * images.labels * portable
    embeddings[:, 0] -= 3 * images.labels * portable  # what tells it with the other misleads
    images = replace(images, embeddings=embeddings)
    found = {each.value: each for each in hold_out(images, cases, TASK, **SETTINGS)}
    assert set(found) == {"AP", "PA", "F", "M", "CR", "DX"}
    lost = found["AP"]
    assert lost.n == portable.sum()
    assert lost.unseen < 0.6 < 0.8 < lost.seen
    assert np.isclose(lost.difference.value, lost.unseen - lost.seen)
    assert lost.worse(0.05)
    assert not found["F"].worse(0.05)
    words = in_words(1.0, 1.0, 1.0, [lost], 0.05)
    assert words == "no shortcut shown; heads that never saw AP rank its images worse"


def test_no_patient_with_the_value_is_learned_from(drawn, monkeypatch):
    images, cases = drawn(with_label=False, told=False)
    cases = cases.assign(view="PA")
    first = images.groups == images.groups[0]
    several = np.unique(images.groups)[:60]
    cases.loc[np.isin(images.groups, several), "view"] = "AP"
    cases.loc[np.flatnonzero(first)[0], "view"] = "PA"  # a patient with both
    learned = []

    def told(x, labels, others, n_classes):
        learned.append(x)
        return np.full((len(others), n_classes), 1 / n_classes)

    monkeypatch.setattr("pipeline.probing.held_out.told", told)
    hold_out(images, cases[["id", "view"]], TASK, **SETTINGS)
    with_value = {row.tobytes() for row in images.embeddings[np.isin(images.groups, several)]}
    assert len(learned) == 10
    assert with_value.isdisjoint(row.tobytes() for x in learned[:5] for row in x)


def test_values_of_few_patients_of_a_class_are_not_held_out(drawn):
    images, cases = drawn(with_label=False, told=True)
    rare = cases.assign(view=np.where(images.labels == 1, "AP", "PA"))
    assert {each.column for each in hold_out(images, rare, TASK, **SETTINGS)} == {"sex", "modality"}
