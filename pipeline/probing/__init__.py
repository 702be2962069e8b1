"""What the embeddings tell that a head should not need to know."""
