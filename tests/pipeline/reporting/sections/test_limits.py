"""The limits are those of this run."""

from pipeline.artifacts.summary import Summary
from pipeline.params import Params
from pipeline.reporting.sections.limits import limits


def test_synthetic_comes_first(params: Params, summary: Summary) -> None:
    said = limits(params, summary, 3)
    assert said[0].startswith("The images are synthetic.")
    assert "16 images in its smaller class" in " ".join(said)
    assert "not be used: 3." in " ".join(said)


def test_a_large_real_study_with_a_test_split(params: Params, summary: Summary) -> None:
    real = {"data": "real images", "n": 900, "n_patients": 800, "n_positive": 300}
    said = " ".join(limits(params, summary.model_copy(update=real), 0))
    for word in ("synthetic", "random", "small", "No table of patients", "not be used"):
        assert word not in said
    assert "one split" in said
    assert "not a medical device" in said


def test_what_makes_figures_too_good(params: Params, summary: Summary) -> None:
    data = params.data.model_copy(update={"groups": None})
    said = " ".join(
        limits(
            params.model_copy(update={"data": data}),
            summary.model_copy(update={"split": "validation", "weights": "random"}),
            0,
        )
    )
    assert "There is no held-out test split" in said
    assert "No table of patients was given" in said
    assert "weights are random" in said


def test_what_ingest_doubted_is_told(params: Params, summary: Summary) -> None:
    assert "It is doubtful." in limits(params, summary, 0, ["It is doubtful."])
