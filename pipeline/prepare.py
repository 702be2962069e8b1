"""Stage prepare: every image once as 8-bit grey of one size."""

from functools import partial
from pathlib import Path

import numpy as np

from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.images import write_images
from pipeline.imaging.image import UnreadableImage
from pipeline.imaging.prepare import prepare_file
from pipeline.params import load_params
from pipeline.paths import CASES, IMAGES
from pipeline.stage import run
from radbank.errors import RadbankError
from radbank.parallel import ordered_map
from radbank.progress import track


def main() -> None:
    """Read the cases' files; write data/images.h5."""
    params = load_params()
    cases = read_cases(CASES)
    frame = cases.frame
    size = min(params.prepare.size, int(frame[["height", "width"]].to_numpy().max()))
    root = Path(params.data.root).resolve()
    pixels = ordered_map(
        partial(_prepare_below, root, size, params.data.frame),
        list(zip(frame["id"], frame["path"], frame["sha256"], strict=True)),
        scheduler=params.cluster.scheduler,
    )
    write_images(
        IMAGES,
        frame["id"].tolist(),
        track(pixels, "preparing images", total=len(frame)),
        size,
        cases.synthetic,
    )
    reduced = int((frame[["height", "width"]].max(axis=1) > size).sum())
    print(f"{len(frame)} images of {size} x {size} pixels in {IMAGES}")
    print(f"{reduced} of them reduced to that size, {len(frame) - reduced} kept as they are")


def _prepare_below(
    root: Path, size: int, frame: int | None, case: tuple[str, str, str]
) -> np.ndarray:
    name, path, sha256 = case
    try:
        return prepare_file(root / path, size, frame=frame, sha256=sha256)
    except UnreadableImage as reason:
        raise RadbankError(
            f"The file of {name} in {CASES} is not as ingest read it ({reason}): restore "
            "it, or run `dvc repro` again to take it as it is now."
        ) from None


if __name__ == "__main__":
    run(main)
