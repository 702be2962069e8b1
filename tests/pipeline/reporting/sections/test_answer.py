import pytest

from pipeline import paths
from pipeline.artifacts.cost import read_costs
from pipeline.finetuning.arms import ARMS
from pipeline.reporting.sections.answer import answer
from pipeline.reporting.text import total_seconds
from radbank.files import write_json

MEASURED = {"seconds": 4.0, "images": 240, "images_per_second": 60.0, "device": "cpu"}
OF_ALL = {**MEASURED, "computed": 480, "reused": 0, "seconds_without_bank": 4.0}
OF_NONE = {**MEASURED, "computed": 0, "reused": 480, "seconds_without_bank": 30.0}
OF_SOME = {**MEASURED, "computed": 120, "reused": 360, "seconds_without_bank": None}


@pytest.mark.parametrize(
    ("extraction", "seconds", "said"),
    [
        (OF_ALL, 4.0, "Embedding every image once took 4.0 s and serves all heads"),
        (
            OF_NONE,
            30.0,
            "takes about 30.0 s, counting 480 (100 %) embeddings from the bank at the rate",
        ),
        (
            OF_SOME,
            4.0,
            "takes more than the 4.0 s measured with 360 (75 %) embeddings from the bank, and",
        ),
    ],
)
def test_what_the_bank_spared_is_part_of_the_cost(
    tmp_path, monkeypatch, summary, extraction, seconds, said
):
    models = list(summary.models)
    monkeypatch.chdir(tmp_path)
    write_json(paths.COST / "extract.json", extraction)
    for model in models:
        own = OF_NONE if model in ARMS else {**MEASURED, "seconds": 1.0}
        write_json(paths.cost(model), own)
    costs = read_costs(models)
    assert total_seconds(costs, "mlp") == seconds + 1
    assert total_seconds(costs, "last-block") == 30
    assert said in answer(summary, costs).cost
