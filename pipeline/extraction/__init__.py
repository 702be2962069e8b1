"""Feature extraction: embeddings of every image, cached in the bank, here or on a cluster."""
