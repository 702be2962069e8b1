"""Precision auto on a chip that is quick in bf16."""

import shutil

import pytest

from features.engines import choice
from features.store.store import open_store
from pipeline import extract
from pipeline.cli import main
from radbank.errors import RadbankError


@pytest.fixture
def quick(prepared, monkeypatch):
    """Make this CPU one that bf16 pays on, and let a test say how faithful bf16 is."""
    monkeypatch.setattr(choice, "bf16_is_faster", lambda: True)
    monkeypatch.setattr(choice, "cpu_has_bf16", lambda: True)

    def measures(value):
        monkeypatch.setattr(
            "pipeline.extraction.embeddings.measure_fidelity",
            lambda embedder, *_: value if embedder.computation.precision == "bf16" else 1.0,
        )

    return measures


@pytest.mark.parametrize(
    ("measured", "precision"), [(0.99, "fp32"), (float("nan"), "fp32"), (0.9995, "bf16")]
)
def test_auto_keeps_to_fp32_where_bf16_is_too_far(prepared, quick, capsys, measured, precision):
    prepared.write_params(engine="eager")
    quick(measured)
    extract.main()
    captured = capsys.readouterr()
    with open_store(prepared.store) as store:
        assert store.attrs["precision"] == precision
    said = f"squeezenet1_1 in bf16 has a mean cosine of {measured:.6f} to eager fp32"
    assert (said in captured.err) == (precision == "fp32")
    assert len({block.parents[1] for block in prepared.blocks()}) == 1


def test_a_second_run_remembers_it(prepared, quick, monkeypatch):
    prepared.write_params(engine="eager")
    quick(0.99)
    extract.main()
    first = prepared.files()

    def measure(*_):
        raise AssertionError("measured again")

    monkeypatch.setattr("pipeline.extraction.embeddings.measure_fidelity", measure)
    extract.main()
    assert prepared.counts()[0] == 0
    assert prepared.files() == first


def test_bf16_by_name_stops_instead(prepared, quick):
    prepared.write_params(engine="eager", precision="bf16")
    quick(0.99)
    with pytest.raises(RadbankError, match=r"bf16 have a mean cosine of 0\.990000 .+ below 0\.999"):
        extract.main()
    assert not prepared.store.exists()
    assert not prepared.blocks()


def test_the_store_is_materialised_in_the_precision_that_was_kept(prepared, quick):
    prepared.write_params(engine="eager")
    quick(0.99)
    extract.main()
    first = prepared.files()
    shutil.rmtree(prepared.store)
    main(["features", prepared.backbone])
    assert prepared.files() == first
