"""What benchmarks.extraction times: each a way through the same images, in a process of its own.

After start-up it prints a line; for every line that it reads it goes through all images once and
prints images a second.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

PREPARED, JPEGS = "images.h5", "jpegs"
_SIDE, _JPEG_SIDE = 320, 224  # pixels: what prepare keeps, and what the loops are given
_RADBANK_BATCH, _BATCH, _WORKERS = 16, 32, 2
FEWEST = 2 * _BATCH  # images: a first batch that is not timed, and one that is

Pass = Callable[[], Iterator[int]]  # yields how many images are done since the last


def write_images_of(folder: Path, n_images: int) -> None:
    """Write drawn images, as smooth as radiographs, for both radbank and the loops."""
    from pipeline.artifacts.images import write_images  # noqa: PLC0415 - the loops do not need it

    rng = np.random.default_rng(0)
    images = [
        np.asarray(Image.fromarray(rng.integers(0, 256, (24, 24), np.uint8)).resize((_SIDE,) * 2))
        for _ in range(n_images)
    ]
    ids = [f"image-{i:05d}" for i in range(n_images)]
    write_images(folder / PREPARED, ids, iter(images), _SIDE, synthetic=True)
    (folder / JPEGS / "class").mkdir(parents=True)  # torchvision wants a folder a class
    for name, image in zip(ids, images, strict=True):
        small = Image.fromarray(image).resize((_JPEG_SIDE,) * 2)
        small.save(folder / JPEGS / "class" / f"{name}.jpg", quality=90)


def raw(engine: str, precision: str, backbone: str, folder: Path) -> Pass:
    """Return one engine alone, on images that lie resized in memory."""
    embedder, pixels, _ = _radbank(engine, precision, backbone, folder)
    resized = embedder._resize(pixels[:_RADBANK_BATCH])
    batches = max(len(pixels) // _RADBANK_BATCH, 1)

    def run() -> Iterator[int]:
        for _ in range(batches):
            yield len(embedder._engine(resized))

    return run


def radbank(backbone: str, folder: Path) -> Pass:
    """Return extraction from images.h5 through an empty bank to a committed feature store."""
    from features.bank.bank import Bank  # noqa: PLC0415
    from features.extraction import embed_into_bank, read_from_bank  # noqa: PLC0415
    from features.image_views import ImageViews  # noqa: PLC0415
    from features.store.store import StoreCoords, write_store  # noqa: PLC0415
    from pipeline.artifacts.images import open_images  # noqa: PLC0415

    embedder, pixels, n_features = _radbank("auto", "auto", backbone, folder)
    n = len(pixels)

    def run() -> Iterator[int]:
        with open_images(folder / PREPARED) as images, tempfile.TemporaryDirectory() as there:
            wanted = ImageViews(
                pixels=images.pixels, pixel_sha256=images.pixel_sha256, views=0, seed=0
            )
            cached = Bank(there).cached(embedder.computation, libraries={})
            yield from embed_into_bank(wanted.lacking(cached), wanted, embedder, cached)
            write_store(
                Path(there, "features.zarr"),
                read_from_bank(wanted, cached, n_features=n_features, compute=lambda _: None),
                n_images=n,
                n_views=1,
                layer_of_feature=["penultimate"] * n_features,
                coords=StoreCoords(
                    id=images.ids, group=images.ids, label=[0] * n, split=["train"] * n
                ),
                attributes={},
            )

    return run


def plain_loop(backbone: str, folder: Path) -> Pass:
    """Return the loop that torchvision's documentation leads to: eager fp32, DataLoader."""
    import torch  # noqa: PLC0415
    from torch.utils.data import DataLoader  # noqa: PLC0415
    from torchvision.datasets import ImageFolder  # noqa: PLC0415
    from torchvision.models import get_model, get_model_weights, list_models  # noqa: PLC0415

    if backbone in list_models():
        network = get_model(backbone, weights=None).eval()
        transforms = get_model_weights(backbone)["IMAGENET1K_V1"].transforms()
    else:
        import timm  # noqa: PLC0415

        network = timm.create_model(f"tf_{backbone}", pretrained=False).eval()
        config = timm.data.resolve_data_config(model=network)
        transforms = timm.data.create_transform(**config)
    loader = DataLoader(
        ImageFolder(str(folder / JPEGS), transforms),
        batch_size=_BATCH,
        num_workers=_WORKERS,
        persistent_workers=True,
    )

    def run() -> Iterator[int]:
        with torch.no_grad():
            for images, _ in loader:
                yield len(network(images).numpy())

    return run


def timm_loader(backbone: str, folder: Path) -> Pass:
    """Return timm's loader and network, channels_last and under bf16 autocast."""
    import timm  # noqa: PLC0415
    import torch  # noqa: PLC0415

    name = backbone if timm.is_model(backbone) else f"tf_{backbone}"
    network = timm.create_model(name, pretrained=False, num_classes=0).eval()
    network = network.to(memory_format=torch.channels_last)
    config = timm.data.resolve_data_config(model=network)
    dataset = timm.data.create_dataset("", root=str(folder / JPEGS))
    loader = timm.data.create_loader(
        dataset,
        input_size=config["input_size"],
        batch_size=_BATCH,
        interpolation=config["interpolation"],
        mean=config["mean"],
        std=config["std"],
        crop_pct=config["crop_pct"],
        num_workers=_WORKERS,
        device=torch.device("cpu"),
        use_prefetcher=False,
        persistent_workers=True,
    )

    def run() -> Iterator[int]:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            for images, _ in loader:
                images = images.to(memory_format=torch.channels_last)  # noqa: PLW2901
                yield len(network(images).float().numpy())

    return run


RAW = {
    "raw openvino fp32": ("openvino", "fp32"),
    "raw openvino bf16": ("openvino", "bf16"),
    "raw compile": ("compile", "auto"),
    "raw eager": ("eager", "auto"),
}
CONTENDERS: dict[str, Callable[[str, Path], Pass]] = {
    **{name: partial(raw, engine, precision) for name, (engine, precision) in RAW.items()},
    "radbank": radbank,
    "plain loop": plain_loop,
    "timm loader": timm_loader,
    "timm loader, malloc tuned": timm_loader,
}


def _radbank(engine: str, precision: str, backbone: str, folder: Path):  # noqa: ANN202
    """Return an embedder, the prepared pixels and the number of features."""
    import torch  # noqa: PLC0415

    from features.backbones import load  # noqa: PLC0415
    from features.embedder import Embedder, device  # noqa: PLC0415
    from pipeline.artifacts.images import open_images  # noqa: PLC0415
    from radbank.memory import keep_large_blocks  # noqa: PLC0415

    keep_large_blocks()
    loaded = load(backbone, weights="random", seed=0)
    embedder = Embedder(
        loaded,
        layers=["penultimate"],
        engine=engine,
        precision=precision,
        batch_size=_RADBANK_BATCH,
        device=torch.device(device()),
    )
    with open_images(folder / PREPARED) as images:
        pixels = images.pixels[:]
    list(embedder([pixels[:1]]))  # compiles what is compiled at the first batch
    return embedder, pixels, loaded.n_features


def main() -> None:
    """Start one contender, and run it as often as it is told to."""
    name, backbone, folder = sys.argv[1:]
    run = CONTENDERS[name](backbone, Path(folder))
    for _ in run():
        break
    print("ready", flush=True)
    for _ in sys.stdin:
        passing = run()
        next(passing)
        start = time.perf_counter()
        images = sum(passing)
        print(images / (time.perf_counter() - start), flush=True)


if __name__ == "__main__":
    main()
