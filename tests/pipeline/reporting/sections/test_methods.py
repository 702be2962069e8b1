"""The methods section says what this run did, not what runs usually do."""

from pipeline.artifacts.provenance import REAL
from pipeline.artifacts.summary import Summary
from pipeline.params import Params
from pipeline.reporting.sections.methods import methods_paragraphs


def said(params: Params, summary: Summary, official: set[str] | None = None) -> str:
    return " ".join(methods_paragraphs(params, summary, official or set()))


def changed(params: Params, block: str, **values: object) -> Params:
    part = getattr(params, block).model_copy(update=values)
    return params.model_copy(update={block: part})


def test_values_of_the_run(params: Params, summary: Summary) -> None:
    text = said(params, summary)
    assert "20 % of the patients were held out as the test split; of the rest, 20 % formed" in text
    assert "efficientnet_lite0 with pretrained weights (efficientnet_lite0.imagenet)" in text
    assert "and of one randomly flipped, cropped, scaled and rotated copy of it" in text
    assert "not weighted" not in text
    assert "for 4 epochs with a warm-up of 1 epoch; Adam" in text
    assert "rising from 0.000001 to 0.001 and then falling to 0.0001" in text
    assert "Sizes are those of the profile finetune.demo" in text
    assert "drew patients with all their images 200 times" in text


def test_models_of_several_trainings_are_named(params: Params, summary: Summary) -> None:
    assert "from several seeds" not in said(params, summary)
    mlp = summary.models["mlp"].model_copy(update={"trainings": 3})
    again = summary.model_copy(update={"models": {**summary.models, "mlp": mlp}})
    assert "trained from several seeds (MLP (3)) are means over the trainings" in said(
        params, again
    )


def test_how_the_cases_were_divided(params: Params, summary: Summary) -> None:
    assert "No test split was held out" in said(changed(params, "split", test=0.0), summary)
    official = said(params, summary, {"train", "validation", "test"})
    assert "The test set that comes with the data was kept whole" in official
    assert "those of the validation set that comes with the data" in official
    assert "20 %" not in official


def test_random_weights_are_never_called_pretrained(params: Params, summary: Summary) -> None:
    text = said(params, summary.model_copy(update={"weights": "random"}))
    assert "with random weights, not pretrained" in text
    assert "with pretrained weights" not in text


def test_features_of_several_layers_without_views(params: Params, summary: Summary) -> None:
    text = said(changed(params, "features", views=0, layers=["blocks.3", "penultimate"]), summary)
    assert "the layers blocks.3 and penultimate" in text
    assert "computed once of each whole image." in text
    assert "copies" not in text


def test_fine_tuning_at_the_networks_own_size(params: Params, summary: Summary) -> None:
    text = said(params, summary.model_copy(update={"data": REAL}))
    assert "at the network's own input size" in text
