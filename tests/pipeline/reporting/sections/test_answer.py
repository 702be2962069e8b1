import pytest

from pipeline import paths
from pipeline.artifacts.cost import EXTRACTION, FromBank, read_costs, write_cost
from pipeline.finetuning.arms import ARMS
from pipeline.reporting.sections.answer import answer
from tests.pipeline.costs import arm_cost, extraction_cost, head_cost


def answered(summary, extraction):
    """Return the answer where a head uses the plain views of 180 of 240 images."""
    write_cost(EXTRACTION, extraction)
    for model in summary.models:
        own = arm_cost(15.0) if model in ARMS else head_cost(1.0, plain=180)
        write_cost(paths.cost(model), own)
    return answer(summary, read_costs(list(summary.models)))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_fine_tuning_is_compared_with_what_the_head_uses(summary):
    found = answered(summary, extraction_cost(4.0, 100.0))
    training, inference = found.figures[-2:]
    assert training.value == "7.5 \N{MULTIPLICATION SIGN}"
    assert training.detail == "30.0 s against 4.0 s"
    assert inference.value == "0.5 \N{MULTIPLICATION SIGN}"
    assert inference.detail == "8.3 s against 16.7 s for 1,000"
    assert "bank" not in found.cost


@pytest.mark.parametrize(
    ("spared", "said"),
    [
        (26.0, "480 (100 %) embeddings came from the bank and count as long as they once took"),
        (None, "480 (100 %) embeddings came from the bank, which does not say how long"),
    ],
)
def test_what_the_bank_spared_is_named(summary, spared, said):
    bank = FromBank(computed=0, reused=480, seconds_spared=spared)
    plain = None if spared is None else 4.0
    found = answered(summary, extraction_cost(plain, bank=bank))
    assert said in found.cost
    assert ("\N{EN DASH}" in found.figures[-2].value) is (spared is None)
