"""Robustness experiments on cached features: the stage `limits`."""
