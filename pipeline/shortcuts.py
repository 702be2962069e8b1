"""Stage shortcuts: test whether the embeddings predict view, sex, device and other properties."""

from features.store.store import open_store
from pipeline import paths
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.provenance import data_in_words, weights_in_words
from pipeline.artifacts.splits import read_splits
from pipeline.params import load_params
from pipeline.probing.images import training_images
from pipeline.probing.shortcut import METHOD, probe
from pipeline.stage import run
from radbank.files import write_json


def main() -> None:
    """Probe the training split's embeddings; write metrics/shortcuts.json."""
    params = load_params()
    path = paths.feature_store(params.backbone)
    with open_store(path) as store:
        images = training_images(store, read_splits(paths.SPLITS))
        attributes = store.attrs
    found = probe(
        images,
        read_cases(paths.CASES).frame,
        minimum=params.evaluate.minimum_group,
        confidence=params.evaluate.confidence,
        seed=params.seed,
    )
    weights = weights_in_words(attributes["weights"], random=bool(attributes["weights_random"]))
    write_json(
        paths.SHORTCUTS,
        {
            "data": data_in_words(synthetic=bool(attributes["synthetic"])),
            "backbone": attributes["backbone"],
            "weights": weights,
            "method": METHOD,
            "confidence": params.evaluate.confidence,
            "minimum_patients": params.evaluate.minimum_group,
            "probes": found,
        },
    )
    print(f"{attributes['backbone']}, weights: {weights}; how well the embeddings tell:")
    for each in found:
        auc = each["auc"]
        in_words = (
            "too few patients"
            if auc["value"] is None
            else f"AUC {auc['value']:.3f} ({auc['low']:.3f} to {auc['high']:.3f})"
        )
        print(f"  {each['column']} {each['value']}: {in_words}")


if __name__ == "__main__":
    run(main)
