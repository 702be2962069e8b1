"""Cheap classifiers on embeddings, one file each, behind one protocol."""
