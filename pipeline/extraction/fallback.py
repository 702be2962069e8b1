"""Resolve ``precision: auto``: the fast precision if it passes the fidelity check, else fp32."""

import sys
from collections.abc import Callable

from features.bank.bank import Bank
from features.engines.choice import AUTO, EXACT
from features.fidelity import LEAST
from pipeline.artifacts.images import PreparedImages
from pipeline.extraction.embeddings import Embeddings
from pipeline.params import Params


def embeddings_here(params: Params, images: PreparedImages, bank: Bank) -> Embeddings:
    """Return the embeddings that params.yaml asks for, to be computed in this process.

    Parameters and errors are those of :class:`pipeline.extraction.embeddings.Embeddings`.
    """
    return with_fallback(params, lambda settings: Embeddings(settings, images, bank))


def with_fallback(params: Params, make: Callable[[Params], Embeddings]) -> Embeddings:
    """Return embeddings in the chosen precision, or fall back to fp32 with a warning.

    A precision asked for by name is kept: if it fails the fidelity check, computing stops later.

    Parameters
    ----------
    params
        The settings.
    make
        Returns the embeddings that settings ask for.
    """
    embeddings = make(params)
    of = embeddings.computation
    if params.features.precision != AUTO or of.precision == EXACT or embeddings.fidelity >= LEAST:
        return embeddings
    print(
        f"{of.backbone} in {of.precision} has a mean cosine of {embeddings.fidelity:.6f} to eager "
        f"fp32, which is below {LEAST}: {EXACT} is used instead.",
        file=sys.stderr,
    )
    features = params.features.model_copy(update={"precision": EXACT})
    return make(params.model_copy(update={"features": features}))
