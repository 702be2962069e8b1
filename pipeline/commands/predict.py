"""radbank predict: inference on new files."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.help import HelpFormatter
from radbank.errors import RadbankError
from radbank.files import atomic_path
from radbank.memory import keep_large_blocks
from radbank.overwriting import check_output

if TYPE_CHECKING:
    from pipeline.artifacts.trained_model import TrainedModel

EXAMPLE = """examples:
  radbank predict models/finetune/finetune-seed data/raw/demo/stage_2_train_images/0*.dcm
  radbank predict models/heads/mlp data/raw/demo/stage_2_train_images --output new.csv

The second names three files that are broken on purpose, and so ends with status 1.
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    parser = subparsers.add_parser(
        "predict",
        help="apply a trained head or network to new images",
        description="Write the probability of the positive class for each image as CSV with the "
        "columns id (the file's path), probability, predicted (the class called) and threshold "
        "(the probability from which the positive class is called, chosen on validation); of more "
        "than two classes, probability_<class> of each and predicted. Nothing is retrained. The "
        "backbone's weights and preprocessing must be those that the model was trained with. A "
        "file that cannot be read is left out and named on standard error; the exit status is "
        "then 1.",
        epilog=EXAMPLE,
        formatter_class=HelpFormatter,
    )
    parser.add_argument("model", type=Path, help="folder of a trained model")
    parser.add_argument(
        "images", type=Path, nargs="+", help="DICOM, PNG, JPEG or TIFF files, or folders of them"
    )
    parser.add_argument(
        "--output", type=Path, metavar="CSV", help="file to write (default: standard output)"
    )
    parser.add_argument(
        "--weights",
        metavar="FILE",
        help="the backbone's weights, for a head that was trained on weights given by path",
    )
    parser.add_argument(
        "--frame",
        type=int,
        metavar="N",
        help="which one of several frames of a DICOM file, from 1 (default: such files are left "
        "out)",
    )
    parser.set_defaults(handler=predict)


def predict(arguments: argparse.Namespace) -> None:
    """Write the table.

    Raises
    ------
    RadbankError
        If the model or the images are not there or do not fit, or some files cannot be read (the
        others are written then).
    """
    from pipeline.prediction.files import find_images  # noqa: PLC0415 - takes seconds to import
    from pipeline.prediction.model import load_predictor  # noqa: PLC0415 - with torch
    from pipeline.prediction.table import is_table, write_probabilities  # noqa: PLC0415 - with torch

    if arguments.frame is not None and arguments.frame < 1:
        raise RadbankError(f"--frame is {arguments.frame}: frames are counted from 1.")
    if arguments.output is not None:
        check_output(arguments.output, "--output", wrote=is_table)
    keep_large_blocks()
    found = find_images(arguments.images)
    predictor = load_predictor(arguments.model, weights=arguments.weights)
    print("\n".join(introduce(predictor.model)), file=sys.stderr)
    if predictor.caution is not None:
        print(predictor.caution, file=sys.stderr)
    with ExitStack() as stack:
        output = sys.stdout
        if arguments.output is not None:
            temporary = stack.enter_context(atomic_path(arguments.output))
            output = stack.enter_context(temporary.open("w", encoding="utf-8", newline=""))
        unreadable = write_probabilities(predictor, found.paths, output, frame=arguments.frame)
    unreadable += found.lost
    for words, files in (("passed over", found.passed_over), ("left out", unreadable)):
        for file in files:
            print(f"{words}: {file.path}: {file.reason}", file=sys.stderr)
    if unreadable:
        total = len(found.paths) + len(found.lost)
        raise RadbankError(f"{len(unreadable)} of {total} files could not be read.")


def introduce(model: "TrainedModel") -> list[str]:
    """Describe the output: classes, model and threshold, and warnings about how it was trained."""
    by = f"by {model.name} on {model.backbone}"
    if model.threshold is None:
        classes = ", ".join(map(repr, model.classes))
        lines = [f"probability of each of {classes} {by}", "an image is of the most probable class"]
    else:
        negative, positive = model.classes
        lines = [
            f"probability of {positive!r} (against {negative!r}) {by}",
            f"positive from {model.threshold:.4g}, a threshold chosen on validation",
        ]
    if model.synthetic:
        lines.append("SYNTHETIC IMAGES: the model was trained on a demo cohort, not on patients")
    if model.weights_random:
        lines.append("RANDOM WEIGHTS: the backbone was not pretrained")
    return lines
