"""Resolve engine, precision and cache key of the embeddings in params.yaml."""

from dataclasses import dataclass

from features.batch_size import batch_size_in_key
from features.computation import Computation
from features.device import device_type
from features.engines.choice import Choice, choose
from features.identity import Identity
from pipeline.params import Params


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How embeddings are computed on one machine.

    Parameters
    ----------
    choice
        The engine and the precision, and why these.
    computation
        The part of the cache key that all embeddings share.
    """

    choice: Choice
    computation: Computation


def decide(params: Params, identity: Identity, n_embeddings: int) -> Decision:
    """Resolve the settings on this machine.

    Parameters
    ----------
    params
        Layers, engine, precision and batch size.
    identity
        What the backbone is.
    n_embeddings
        How many there are in all, known already or not.

    Raises
    ------
    RadbankError
        If this machine has not the engine or the precision asked for.
    """
    settings, device = params.features, device_type()
    choice = choose(settings.engine, settings.precision, device=device, n_images=n_embeddings)
    computation = Computation(
        backbone=identity.backbone,
        weights_sha256=identity.weights.sha256,
        preprocessing=identity.preprocessing,
        layers=tuple(settings.layers),
        engine=choice.engine,
        precision=choice.precision,
        device=device,
        batch_size=batch_size_in_key(settings.batch_size, engine=choice.engine, device=device),
    )
    return Decision(choice=choice, computation=computation)
