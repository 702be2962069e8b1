"""The stages of dvc.yaml, one file each, and what joins features to heads."""

import sys

from radbank.origin import stop_unless_together

if sys.argv[:1] == ["-m"]:  # while `python -m pipeline.<stage>` looks up its module
    stop_unless_together()
