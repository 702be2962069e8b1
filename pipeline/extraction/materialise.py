"""Write a backbone's feature store from the bank alone, without computing anything."""

from pathlib import Path

from features import backbones
from features.bank.bank import Bank
from features.weights import locate
from features.weights_info import PRETRAINED, WeightsChoice
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.images import open_images
from pipeline.artifacts.splits import read_splits
from pipeline.extraction.fallback import embeddings_here
from pipeline.extraction.output import join, write
from pipeline.params import Params
from pipeline.paths import CASES, IMAGES, SPLITS, feature_store
from radbank.errors import RadbankError


def materialise(params: Params) -> Path:
    """Write the store of `params.backbone` for the images, cases and splits in this folder.

    Parameters
    ----------
    params
        Settings of the project.

    Returns
    -------
    Path
        Of the store.

    Raises
    ------
    RadbankError
        If there is no such backbone, its weights are not on this machine, or the bank does not
        have all of its embeddings: how many it lacks, and the command that computes them.
    """
    backbone = params.backbone
    command = f"`dvc exp run -S backbone={backbone}`"
    weights_file = backbones.describe(backbone).weights_file
    if WeightsChoice.parse(params.weights).source == PRETRAINED and locate(weights_file) is None:
        raise RadbankError(
            f"The weights of {backbone} are not on this machine, so no embedding of theirs can be "
            f"told from others in the bank: {command} fetches them and embeds the images."
        )
    cases = read_cases(CASES)
    with open_images(IMAGES) as images:
        coords = join(cases, read_splits(SPLITS), images.ids)
        bank = Bank()
        embeddings = embeddings_here(params, images, bank)
        if lacking := embeddings.lacking:
            raise RadbankError(
                f"The bank {bank.place} lacks {len(lacking):,} of the {len(embeddings):,} "
                f"embeddings by {backbone}: {command} computes them."
            )
        write(params, embeddings, cases, images, coords)
    return feature_store(backbone)
