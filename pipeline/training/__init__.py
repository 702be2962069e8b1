"""Fit heads on cached embeddings and write their outputs."""
