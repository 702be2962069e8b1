"""Invented costs of extraction and of models."""

from pipeline.artifacts.cost import Cost, FromBank
from pipeline.artifacts.work import Work

MACHINE = {
    "peak_memory": 10**9,
    "peak_device_memory": None,
    "energy_counter": None,
    "other_seconds": 5.0,
}


def extraction_cost(
    plain: float | None, augmented: float | None = None, *, images: int = 240, **changes: object
) -> Cost:
    """Return the cost of extraction whose plain and augmented views took so many seconds."""
    views = {
        "images": images,
        "passes": images,
        "gflops": 0.8 * images,
    }
    return Cost(
        **{
            **MACHINE,
            "device": "cpu",
            "engine": "openvino",
            "precision": "fp32",
            "parameters": 0,
            "inference": Work(seconds=plain, **views),
            "augmented": Work(seconds=plain if augmented is None else augmented, **views),
            "bank": FromBank(computed=2 * images, reused=0, seconds_spared=0.0),
            **changes,
        }
    )


def head_cost(
    seconds: float, *, inference: float = 0.01, images: int = 240, plain: int = 0, **changes: object
) -> Cost:
    """Return the cost of a head whose fit took so many seconds and takes so many embeddings."""
    return Cost(
        **{
            **MACHINE,
            "device": None,
            "engine": None,
            "precision": None,
            "parameters": 3841,
            "training": Work(images=images, seconds=seconds, plain=plain),
            "search": Work(images=images, seconds=0.0),
            "inference": Work(images=images, seconds=inference, plain=images),
            **changes,
        }
    )


def arm_cost(
    seconds: float, *, inference: float = 2.0, images: int = 240, **changes: object
) -> Cost:
    """Return the cost of an arm whose training took so many seconds, and its search as many."""
    trained = Work(images=images, seconds=seconds, passes=12 * images, gflops=30.0 * images)
    return Cost(
        **{
            **MACHINE,
            "device": "cpu",
            "engine": "eager",
            "precision": "fp32",
            "parameters": 3_400_000,
            "training": trained,
            "search": trained,
            "inference": Work(images=images, seconds=inference, passes=images, gflops=0.8 * images),
            **changes,
        }
    )
