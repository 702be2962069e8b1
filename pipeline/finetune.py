"""Stage finetune: train the whole network end to end, to compare the frozen heads with."""

import time

import numpy as np

from features import backbones
from features.embedder import device
from pipeline import paths
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.images import open_images
from pipeline.artifacts.predictions import Predictions, write_predictions
from pipeline.artifacts.splits import read_splits
from pipeline.finetuning.images import LabelledImages, join_splits
from pipeline.finetuning.network import build_network
from pipeline.finetuning.output import cost_of, describe, metrics_of, summary
from pipeline.finetuning.scoring import probabilities
from pipeline.finetuning.train import train
from pipeline.params import load_params
from pipeline.stage import run
from radbank.files import write_json
from radbank.memory import keep_large_blocks


def main() -> None:
    """Train; write model, curves, predictions, metrics and cost."""
    keep_large_blocks()
    params = load_params()
    settings, seed = params.finetune, params.seed
    cases = read_cases(paths.CASES)
    backbone = backbones.load(params.backbone, weights=params.weights, seed=seed)
    network = build_network(
        backbone, n_classes=len(cases.classes), image_size=settings.image_size, seed=seed
    ).to(device())
    with open_images(paths.IMAGES) as images:
        labels = cases.frame.set_index("id")["label"]
        table = join_splits(images.ids, labels, read_splits(paths.SPLITS))
        every = LabelledImages(images.pixels, table["row"].to_numpy(), table["label"].to_numpy())
        splits = table["split"].tolist()
        training = every.of_split(splits, "train", cases.classes)
        validation = every.of_split(splits, "validation", cases.classes)
        model = describe(
            network,
            backbone,
            cases,
            image_size=images.size,
            n_train=len(training),
            seed=seed,
        )

        start = time.perf_counter()
        best, model = train(
            network, training, validation, model=model, settings=settings, seed=seed
        )
        seconds = time.perf_counter() - start

        network.load_state_dict(best.state)
        by_image = np.concatenate(list(probabilities(network, every)))

    predictions = Predictions.of_views(table, by_image[..., np.newaxis], model.provenance)
    metrics = metrics_of(
        predictions,
        best,
        model,
        settings,
        image_size=network.preprocessing.input_size,
        evaluate=params.evaluate,
        seed=seed,
    )
    write_predictions(paths.predictions(paths.FINETUNE), predictions)
    write_json(paths.metrics(paths.FINETUNE), metrics)
    write_json(paths.cost(paths.FINETUNE), cost_of(seconds, len(training) * settings.epochs))
    print(summary(model, metrics, seconds))


if __name__ == "__main__":
    run(main)
