"""Embeddings of every image: what to compute, from the bank or a backbone, here or on a cluster."""
