"""Stage leaks: look for copies and for one person under several names; report, change nothing."""

import numpy as np
import pandas as pd

from features.store.store import open_store
from pipeline.artifacts.cases import read_cases
from pipeline.artifacts.cells import to_csv
from pipeline.artifacts.images import open_images
from pipeline.artifacts.leaks import count_name
from pipeline.artifacts.provenance import data_in_words, weights_in_words
from pipeline.artifacts.splits import read_splits
from pipeline.leakage.find import count, find_leaks
from pipeline.leakage.whitening import whiten
from pipeline.params import load_params
from pipeline.paths import CASES, IMAGES, LEAK_COUNTS, LEAKS, SPLITS, feature_store
from pipeline.stage import run
from radbank.errors import RadbankError
from radbank.files import write_json, write_text


def main() -> None:
    """Compare the cached embeddings; write data/leaks.csv and metrics/leaks.json."""
    params = load_params()
    cases, splits = read_cases(CASES), read_splits(SPLITS)
    with open_images(IMAGES) as images:
        ids, hashes = images.ids, images.pixel_sha256
    path = feature_store(params.backbone)
    with open_store(path) as store:
        embeddings = np.asarray(store["embedding"][:, 0])
        attributes, in_store = store.attrs, store["id"].to_numpy().tolist()
    for name, others in (
        (CASES, cases.frame["id"].tolist()),
        (SPLITS, splits["id"].tolist()),
        (path, in_store),
    ):
        if others != ids:
            raise RadbankError(f"{name} and {IMAGES} are not of the same images: run `dvc repro`.")
    unit = whiten(embeddings)
    pairs, n_more = find_leaks(cases.frame, splits, hashes, unit, **params.leaks.model_dump())
    counts = count(pairs)
    write_text(LEAKS, to_csv(pairs))
    record = {
        "data": data_in_words(synthetic=cases.synthetic),
        "weights": weights_in_words(attributes["weights"], random=attributes["weights_random"]),
        "images": len(ids),
        "directions": unit.shape[1],
        **{count_name(kind): counts[kind] for kind in counts},
        "not_listed": n_more,
        "persons_comparable": comparable(cases.frame),
    }
    write_json(LEAK_COUNTS, record)
    print(summarise(counts, n_more))


def comparable(cases: pd.DataFrame) -> int:
    """Return the number of images of which sex and age are recorded."""
    return int((cases["sex"].notna() & cases["age"].notna()).sum())


def summarise(counts: dict[str, dict[str, int]], n_more: int) -> str:
    """Say what was found, a line a kind."""
    lines = [f"{'pairs':<17}{'all':>8}{'of two groups':>15}{'on two sides':>14}"]
    lines += [
        f"{kind:<17}{of['pairs']:>8,}{of['across_groups']:>15,}{of['across_splits']:>14,}"
        for kind, of in counts.items()
    ]
    if n_more:
        lines.append(f"{n_more:,} more pairs, all less similar, are not listed")
    return "\n".join(lines)


if __name__ == "__main__":
    run(main)
