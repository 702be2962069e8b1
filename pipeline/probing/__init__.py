"""Shortcuts: properties of the cases, other than the label, that embeddings predict."""
