"""Stage shortcuts: ask whether view, sex or device would do in place of the finding.

Two floors are trained for the stage evaluate to score beside every model: a model of the metadata
alone, and heads on shuffled labels.
"""

from features.store.store import open_store
from pipeline import paths
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.predictions import Predictions, write_predictions
from pipeline.artifacts.provenance import data_in_words, weights_in_words
from pipeline.artifacts.splits import read_splits
from pipeline.artifacts.task import Task
from pipeline.params import load_params
from pipeline.probing import held_out, shortcut, verdict
from pipeline.probing.images import training_images, used_images
from pipeline.probing.metadata import told_by_metadata
from pipeline.probing.shuffled import told_from_shuffled
from pipeline.stage import run
from radbank.files import write_json


def main() -> None:
    """Probe the training split's embeddings; write metrics/shortcuts.json, predictions/floors/."""
    params = load_params()
    level = params.evaluate.confidence
    path = paths.feature_store(params.backbone)
    with open_store(path) as store:
        splits = read_splits(paths.SPLITS)
        images = training_images(store, splits)
        used, embeddings = used_images(store, splits)
        attributes = store.attrs
    cases, task = read_cases(paths.CASES).frame, Task.of(attributes["classes"])
    minimum = params.evaluate.minimum_group
    readings = shortcut.read_values(images, cases, minimum=minimum, seed=params.seed)
    without = held_out.hold_out(images, cases, task, confidence=level, seed=params.seed)
    properties = verdict.judge(images, readings, without, task, level)
    weights = weights_in_words(attributes["weights"], random=bool(attributes["weights_random"]))
    write_json(
        paths.SHORTCUTS,
        {
            "data": data_in_words(synthetic=bool(attributes["synthetic"])),
            "backbone": attributes["backbone"],
            "weights": weights,
            "method": shortcut.METHOD,
            "method_of_verdicts": verdict.METHOD,
            "method_of_holding_out": held_out.METHOD,
            "confidence": level,
            "minimum_patients": minimum,
            "probes": shortcut.probe(images, readings, confidence=level),
            "properties": [each.model_dump() for each in properties],
        },
    )
    labels, training = used["label"].to_numpy(), (used["split"] == "train").to_numpy()
    told, fields = told_by_metadata(
        cases.set_index("id").loc[used["id"]], labels, training, seed=params.seed
    )
    first, *others = told_from_shuffled(embeddings, labels, training, seed=params.seed)
    shared = ("backbone", "weights", "weights_random", "synthetic", "classes")
    provenance = {name: attributes[name] for name in shared}
    metadata = Predictions.of_views(used, told[..., None], {**provenance, "fields": list(fields)})
    shuffled = Predictions.of_views(used, first[..., None], provenance, other_seeds=others)
    for name, each in (("metadata", metadata), ("shuffled", shuffled)):
        write_predictions(paths.FLOOR_PREDICTIONS / f"{name}.csv", each)
    print(f"{attributes['backbone']}, weights: {weights}; what else a head could guess from:")
    for found in properties:
        print(f"  {found.column}: {found.verdict}")


if __name__ == "__main__":
    run(main)
