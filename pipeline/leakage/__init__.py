"""Detect data leakage: near-duplicate images, and one patient under several ids."""
