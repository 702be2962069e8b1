"""Mini-batches for training."""


def batches(n_images: int, batch_size: int) -> list[slice]:
    """Cut 0..n_images into batches, of which none holds one image alone.

    Batch normalisation has no variance to work with in a batch of one, so a last image that
    would be alone joins the batch before it.
    """
    edges = list(range(0, n_images, batch_size))
    if len(edges) > 1 and n_images - edges[-1] == 1:
        edges.pop()
    return [slice(start, end) for start, end in zip(edges, [*edges[1:], n_images], strict=True)]
