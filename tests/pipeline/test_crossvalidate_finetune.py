import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.crossvalidate_finetune import main

ROOT = Path(__file__).resolve().parents[2]


def test_holdout_trains_nothing_and_says_so(cached, capsys):
    labels = np.arange(120) // 2 % 2
    cached(labels, np.zeros((120, 1, 2)), changes={"split": {"scheme": "holdout"}})
    main(["finetune-seed"])
    assert "no cross-validation" in capsys.readouterr().out
    metrics = json.loads(Path("metrics/cv_finetune/finetune-seed.json").read_text())
    assert (metrics["models"], metrics["repeats"]) == ({}, 0)
    table = pd.read_csv("predictions/cv_finetune/finetune-seed.csv", comment="#")
    assert table.empty
    assert list(table.columns)[:5] == ["id", "group", "label", "repeat", "fold"]


def test_holdout_does_not_wait_for_torch_and_scikit_learn():
    code = "import sys, pipeline.crossvalidate_finetune; sys.exit('{}' in sys.modules)"
    for package in ("torch", "sklearn"):
        subprocess.run([sys.executable, "-c", code.format(package)], cwd=ROOT, check=True)
