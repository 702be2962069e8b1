"""What `benchmarks.fuzz` damages: files to start from, and the readers that users' files meet."""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.filebase import DicomBytesIO
from pydicom.uid import JPEG2000TransferSyntaxes, JPEGLSTransferSyntaxes

from benchmarks.fuzz_models import WIDTH, Seed, model_seeds
from benchmarks.mutation import dicom_seeds, raster_seeds
from features.bank.bank import Bank
from features.bank.block import Block, file_name
from features.bank.upkeep import verify
from features.computation import BFLOAT16, FLOAT32, Computation
from features.preprocessing import Preprocessing
from pipeline.artifacts.images import open_images, write_images
from pipeline.imaging.image import ANY_SIDE
from pipeline.imaging.quiet import quiet
from pipeline.imaging.read import read_image
from radbank.errors import RadbankError

SIDES = (None, ANY_SIDE, 32)  # all of an image, a look at it, enough of it for a small one


def targets(seed: int) -> dict[str, list[Seed]]:
    """Return the seeds of each kind of file, the same for the same seed."""
    rng = np.random.default_rng(seed)
    dicom = [Seed(content, _read_image) for content in dicom_seeds()]
    raster = [Seed(content, _read_image) for content in raster_seeds(rng)]
    return {
        "DICOM": dicom,
        "JPEG 2000": [each for each in dicom if _coding(each) in JPEG2000TransferSyntaxes],
        "JPEG-LS": [each for each in dicom if _coding(each) in JPEGLSTransferSyntaxes],
        "PNG": [each for each in raster if each.content.startswith(b"\x89PNG")],
        "JPEG": [each for each in raster if each.content.startswith(b"\xff\xd8")],
        "TIFF": [each for each in raster if each.content.startswith((b"II", b"MM"))],
        "model": model_seeds(rng),
        "HDF5": _image_stores(rng),
        "bank": _blocks(rng),
    }


def _coding(seed: Seed) -> str | None:
    with quiet():
        about = dcmread(DicomBytesIO(seed.content), force=True, stop_before_pixels=True)
    return about.file_meta.get("TransferSyntaxUID")


def _read_image(folder: Path, content: bytes) -> None:
    path = folder / "file"
    path.write_bytes(content)
    read_image(path, frame=1, side=SIDES[len(content) % len(SIDES)])


def _image_stores(rng: np.random.Generator) -> list[Seed]:
    with tempfile.TemporaryDirectory() as scratch:
        folder, stores = Path(scratch), []
        for size in (32, 48):
            pixels = rng.integers(0, 256, (5, size, size), np.uint8)
            names = [f"image {i}" for i in range(5)]
            write_images(folder / "images.h5", names, iter(pixels), size, synthetic=True)
            stores.append(Seed((folder / "images.h5").read_bytes(), _read_store))
        return stores


def _read_store(folder: Path, content: bytes) -> None:
    (folder / "images.h5").write_bytes(content)
    with open_images(folder / "images.h5") as images:
        images.check()


def _computation(stored: str) -> Computation:
    return Computation(
        backbone="tiny",
        weights_sha256="0" * 64,
        preprocessing=Preprocessing(
            input_size=8, mean=(0.5,) * 3, std=(0.5,) * 3, interpolation="bicubic"
        ),
        layers=("penultimate",),
        engine="eager",
        precision="fp32",
        device="cpu",
        batch_size=None,
        stored=stored,
    )


_KEYS = tuple(f"{i:064x}" for i in range(4))


def _blocks(rng: np.random.Generator) -> list[Seed]:
    return [
        Seed(
            Block(
                computation=_computation(stored).digest,
                keys=_KEYS,
                embeddings=rng.standard_normal((4, WIDTH), np.float32),
                libraries={"numpy": "2"},
                stored=stored,
            ).to_bytes(),
            partial(_read_block, stored),
        )
        for stored in (FLOAT32, BFLOAT16)
    ]


def _read_block(stored: str, folder: Path, content: bytes) -> None:
    """Serve and verify a block that lies under the name that its bytes ask for."""
    computation = _computation(stored)
    path = folder / computation.digest / "blocks" / file_name(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.iterdir():
        old.unlink()
    path.write_bytes(content)
    bank = Bank(str(folder))
    problems = [finding.problem for finding in verify(bank) if finding.problem]
    rows = np.empty((len(_KEYS), WIDTH), np.float32)
    if bank.cached(computation, libraries={}).fill(_KEYS, rows):
        raise RadbankError(problems[0] if problems else "it lacks some and is computed again")
