"""The feature store: embeddings with their coordinates in Zarr."""
