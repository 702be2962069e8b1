"""The bank: a content-addressed cache of embeddings that all projects share."""
