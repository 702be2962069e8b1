"""Copy a feature store between folders and URLs."""

from pathlib import Path

from features.store.store import (
    DIGEST_ATTRIBUTE,
    SCHEMA_ATTRIBUTE,
    SHARD,
    StoreCoords,
    open_store,
    write_store,
)


def copy_store(source: str | Path, target: str | Path) -> None:
    """Copy a feature store, between folders and URLs, and check all that is read.

    Writing is as a stage's: the copy's bytes are those of the source, and it is whole or no store.

    Raises
    ------
    RadbankError
        If the source is missing, incomplete or damaged, or the target cannot be written.
    """
    with open_store(source) as store:
        embedding = store["embedding"]
        write_store(
            target,
            (embedding[at : at + SHARD].values for at in range(0, len(embedding), SHARD)),
            n_images=store.sizes["image"],
            n_views=store.sizes["view"],
            layer_of_feature=store["feature_layer"].values.tolist(),
            coords=StoreCoords(
                id=store["id"].values.tolist(),
                group=store["group"].values.tolist(),
                label=store["label"].values.tolist(),
                split=store["split"].values.tolist(),
            ),
            attributes={
                name: value
                for name, value in store.attrs.items()
                if name not in (SCHEMA_ATTRIBUTE, DIGEST_ATTRIBUTE)
            },
        )
