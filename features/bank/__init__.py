"""The bank: embeddings kept outside any project, each computed once."""
