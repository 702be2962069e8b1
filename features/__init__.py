"""From pixels to embeddings: backbones, their weights, views, extraction and the Zarr store."""
