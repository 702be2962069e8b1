"""Check that the backbone has the layers and takes the input size in params.yaml."""

from features import backbones
from features.layers import layer_widths
from features.weights_info import RANDOM
from pipeline.finetuning.network import build_network
from pipeline.health.check import Check, fail, ok
from pipeline.params import Params
from radbank.errors import RadbankError


def check_network(params: Params) -> Check:
    """Build the untrained backbone, and try its layers and the input size of fine-tuning."""
    arms = params.finetune.arms
    recipes = [arms[name].recipe(arms[name].learning_rate[0]) for name in arms.names]
    try:
        backbone = backbones.load(params.backbone, weights=RANDOM, seed=params.seed)
        n_features = sum(layer_widths(backbone, params.features.layers))
        network = build_network(
            backbone,
            n_classes=2,
            image_size=params.finetune.image_size,
            seed=params.seed,
            auxiliary=any(recipe.auxiliary_loss is not None for recipe in recipes),
        )
    except RadbankError as error:
        return fail("backbone", str(error))
    return ok(
        "backbone",
        f"{params.backbone}: {n_features:,} features of {', '.join(params.features.layers)} at "
        f"{backbone.preprocessing.input_size} pixels; fine-tuned at "
        f"{network.preprocessing.input_size} pixels",
    )
