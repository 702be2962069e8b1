"""The stages of dvc.yaml, one file each, and what joins features to heads."""

import sys

from radbank.origin import stop_unless_together

if sys.argv[:1] == ["-m"]:  # as Python has it while it looks for a stage that it is to run
    stop_unless_together()
