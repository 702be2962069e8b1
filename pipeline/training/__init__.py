"""Fit heads on cached embeddings and write what they give."""
