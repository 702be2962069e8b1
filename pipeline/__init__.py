"""The stages of dvc.yaml, one file each, and what joins features to heads."""
