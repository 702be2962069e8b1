"""The table of costs shows training and inference, and what each head uses."""

import pytest

from pipeline.artifacts.cost import FromBank
from pipeline.artifacts.summary import Summary
from pipeline.artifacts.work import Work
from pipeline.finetuning.arms import ARMS
from pipeline.reporting.evidence import Evidence
from pipeline.reporting.sections.cost import COLUMNS, cost_table, from_bank_in_words, section
from pipeline.reporting.style import label
from tests.pipeline.costs import arm_cost, extraction_cost, head_cost

X = "\N{MULTIPLICATION SIGN}"
EXTRACTION = extraction_cost(6.0, 12.0)


@pytest.fixture
def costs(summary: Summary):
    """Return costs where a head takes 5.0 s to train, 3.0 of them embedding, and an arm 40 s."""
    head = head_cost(2.0, inference=0.0, plain=120).with_embeddings(EXTRACTION)
    arm = arm_cost(20.0, inference=3.0)
    return {"extract": EXTRACTION} | {
        name: arm if name in ARMS else head for name in summary.models
    }


def test_every_model_has_a_line_with_training_and_inference(summary, costs):
    table = cost_table(summary, costs)
    first, *lines = table.lines
    assert first.note == "plain views 6.0 s, altered views 12.0 s"
    assert [line.label for line in lines] == [label(name) for name in summary.models]
    by_label = {line.label: line for line in lines}
    head, arm = by_label[label(summary.best_head)], by_label[label("finetune-seed")]
    assert head.note == "best head"
    assert arm.note == f"8.0 {X} training, 0.5 {X} inference"
    found = dict(zip(COLUMNS, arm.cells, strict=True))
    assert (found["Training, s"].value, found["Training, s"].below) == ("40.0", "search 20.0")
    assert found["Training, s per 1,000"].value == "167"
    assert found["Inference, s per 1,000"].value == "12.5"
    assert found["Passes to train"].value == "5,760"
    assert found["Parameters trained"].value == "3,400,000"
    assert (found["Ran by"].value, found["Ran by"].below) == ("eager", "fp32, cpu")
    assert dict(zip(COLUMNS, head.cells, strict=True))["Ran by"].value == "openvino"


def test_energy_is_shown_where_it_was_counted(summary, costs):
    work = Work(images=240, seconds=20.0, joules=1500.0)
    counted = arm_cost(0, training=work, search=None, energy_counter="RAPL")
    table = cost_table(summary, costs | {"finetune-seed": counted})
    assert table.columns[-1] == "Energy, kJ"
    energy = {line.label: line.cells[-1] for line in table.lines}
    assert (energy[label("finetune-seed")].value, energy[label("finetune-seed")].below) == (
        "1.5",
        "RAPL",
    )
    assert energy[label("mlp")].value == "\N{EN DASH}"


def test_what_the_bank_spared_is_said():
    assert from_bank_in_words("embeddings", None) == ""
    assert from_bank_in_words("embeddings", EXTRACTION.bank) == ""
    banked = FromBank(computed=10, reused=30, seconds_spared=12.0)
    assert from_bank_in_words("activations", banked) == (
        "30 (75 %) activations came from the bank and count as long as they once took to compute "
        "(12.0 s)."
    )


def test_without_a_counter_the_page_says_so(evidence: Evidence):
    context = section.context(evidence)
    assert context["counters"] == ""
    assert context["costs"].columns == COLUMNS
