"""Precision ``auto``: the quick one where it is faithful; else fp32, and it is said."""

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
    return faithful(params, lambda settings: Embeddings(settings, images, bank))


def faithful(params: Params, make: Callable[[Params], Embeddings]) -> Embeddings:
    """Return embeddings in a precision that is close enough to eager fp32.

    Where the precision was asked for by name it is kept: computing stops then if it is too far.

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
