"""The cache key of an embedding within its computation."""

from features.views import view_name


def embedding_key(pixel_sha256: str, view: int, seed: int) -> str:
    """Return the cache key of one view of one image.

    Parameters
    ----------
    pixel_sha256
        Of the prepared pixels.
    view
        0 for the plain image, whose key does not change with the seed.
    seed
        Of the augmented views.

    Returns
    -------
    str
        The hash alone, or with the view's name after a plus sign.
    """
    name = view_name(view, seed)
    return f"{pixel_sha256}+{name}" if name else pixel_sha256


def image_of(key: str) -> str:
    """Return the SHA-256 of an image's prepared pixels, which its cache keys contain."""
    return key.partition("+")[0]
