"""The stage from a feature store to a table of pairs; and a pair's way back into the split."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.store.store import StoreCoords, write_store
from pipeline import leaks, split
from pipeline.artifacts.cases import write_cases
from pipeline.artifacts.images import write_images
from radbank.errors import RadbankError

ROOT = Path(__file__).resolve().parents[2]
N = 160
STORE = "data/features/efficientnet_lite0.zarr"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write cases, images, splits and a store in which 1 copies 0 and 3 is nearly 2."""
    monkeypatch.chdir(tmp_path)
    for name in ("params.yaml", "joins.csv"):
        shutil.copy(ROOT / name, name)
    rng = np.random.default_rng(3)
    ids = [f"i{i:03d}" for i in range(N)]
    frame = pd.DataFrame({"id": ids, "group": ids, "path": ids, "label": np.arange(N) // 2 % 2})
    frame = frame.assign(height=8, width=8, sha256="0", synthetic=False, sex=None, age=None)
    write_cases("data/cases.parquet", frame, ("no", "yes"))
    pixels = rng.integers(0, 256, (N, 8, 8), dtype=np.uint8)
    pixels[1] = pixels[0]
    write_images("data/images.h5", ids, iter(pixels), 8, synthetic=False)
    embeddings = rng.normal(size=(N, 1, 80)).astype(np.float32)
    embeddings[1] = embeddings[0]
    embeddings[3] = embeddings[2] + 0.1 * rng.normal(size=80)
    split.main()
    store(ids, embeddings)
    return ids, embeddings


def store(ids, embeddings):
    splits = pd.read_csv("data/splits.csv", dtype=str)
    write_store(
        STORE,
        [embeddings],
        n_images=len(ids),
        n_views=1,
        layer_of_feature=["penultimate"] * embeddings.shape[2],
        coords=StoreCoords(
            id=ids, group=splits["group"], label=[0] * len(ids), split=splits["split"]
        ),
        attributes={"weights": "random", "weights_random": True},
    )


def test_writes_a_table_and_its_counts(project, capsys):
    capsys.readouterr()
    leaks.main()
    pairs = pd.read_csv("data/leaks.csv")
    assert pairs[["kind", "id_a", "id_b"]].to_numpy().tolist() == [
        ["exact duplicate", "i000", "i001"],
        ["near duplicate", "i002", "i003"],
    ]
    assert pairs["kept_together"].tolist() == [True, False]
    counts = json.loads(Path("metrics/leaks.json").read_text())
    assert counts["exact_duplicate"] == {"pairs": 1, "across_groups": 1, "across_splits": 0}
    assert counts["near_duplicate"]["pairs"] == 1
    assert (counts["images"], counts["directions"], counts["persons_comparable"]) == (N, 64, 0)
    assert counts["weights"] == "random"
    assert "near duplicate          1" in capsys.readouterr().out


def test_two_runs_give_equal_bytes(project):
    written = []
    for _ in range(2):
        leaks.main()
        written.append([Path(p).read_bytes() for p in ("data/leaks.csv", "metrics/leaks.json")])
    assert written[0] == written[1]


def test_a_pair_that_is_fed_back_is_kept_together(project, capsys):
    leaks.main()
    shutil.copy("data/leaks.csv", "joins.csv")
    split.main()
    assert "joins.csv: 2 pairs kept on one side" in capsys.readouterr().out
    splits = pd.read_csv("data/splits.csv", index_col="id")
    assert splits.loc["i002", "split"] == splits.loc["i003", "split"]
    leaks.main()
    assert pd.read_csv("data/leaks.csv")["kept_together"].tolist() == [True, True]
    assert json.loads(Path("metrics/leaks.json").read_text())["near_duplicate"]["pairs"] == 1


def test_a_store_of_other_images_is_refused(project):
    ids, embeddings = project
    store(ids[::-1], embeddings)
    with pytest.raises(RadbankError, match=r"efficientnet_lite0\.zarr and data/images\.h5 are not"):
        leaks.main()
