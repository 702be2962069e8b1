"""Distributed feature extraction on a Dask cluster: a task writes a block to the shared bank.

The client sends settings and the rows of a block; the worker returns the name of a file. If a
worker dies, only the block that it was computing is lost.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import cached_property
from typing import Any

from features.bank.about import SAMPLE
from features.bank.bank import Bank
from features.bank.block import SIZE
from features.computation import Computation
from features.image_views import ImageView
from features.weights_info import WeightsChoice
from pipeline.artifacts.images import PreparedImages
from pipeline.extraction.decision import Decision
from pipeline.extraction.embeddings import Embeddings
from pipeline.extraction.fallback import embeddings_here, with_fallback
from pipeline.extraction.worker import Job, digest, embed_block, look, measure_fidelity
from pipeline.params import Params
from pipeline.paths import IMAGES
from radbank.cluster import connect
from radbank.errors import RadbankError


@contextmanager
def embeddings_of(params: Params, images: PreparedImages, bank: Bank) -> Iterator[Embeddings]:
    """Yield the embeddings that params.yaml asks for, to be computed where it says.

    Parameters
    ----------
    params, bank
        As for :class:`pipeline.extraction.embeddings.Embeddings`.
    images
        Those of data/images.h5, open.

    Raises
    ------
    RadbankError
        If the backbone is unknown or its weights are nowhere; or if the cluster cannot be
        reached, or its workers have other images or weights, or would compute unlike each other.
    """
    if params.cluster.scheduler is None:
        yield embeddings_here(params, images, bank)
    else:
        with connect(params.cluster.scheduler) as client:
            yield with_fallback(
                params, lambda settings: ClusterEmbeddings(settings, images, bank, client)
            )


class ClusterEmbeddings(Embeddings):
    """All views of prepared images through one backbone, computed by workers.

    Parameters
    ----------
    params, images, bank
        As for :func:`embeddings_of`.
    client
        Connected to the cluster.
    """

    step = SIZE

    def __init__(
        self,
        params: Params,
        images: PreparedImages,
        bank: Bank,
        client: Any,  # noqa: ANN401 - a distributed.Client, which is optional
    ) -> None:
        weights = WeightsChoice.parse(params.weights).absolute()
        self._job = Job(
            settings=params.model_copy(update={"weights": weights}).model_dump_json(),
            images=str(IMAGES.absolute()),
            images_sha256=digest(images),
            bank=bank.place,
        )
        self._client = client
        self._ids = images.ids
        answers = client.run(look, self._job, on_error="return")
        super().__init__(params, images, bank, decision=_agreed(answers))
        if self.computation.weights_sha256 != self.identity.weights.sha256:
            raise RadbankError(
                f"The workers have other weights of {params.backbone} (sha256 "
                f"{self.computation.weights_sha256}) than this machine "
                f"({self.identity.weights.sha256}): give all of them the same file, in the folder "
                "that RADBANK_WEIGHTS names."
            )

    @cached_property
    def fidelity(self) -> float:
        """Mean cosine to eager fp32 on the first images, the lowest of any worker.

        Where the bank does not know it every worker measures it, and so loads the network.
        """
        known = self.cached.about.fidelity(self.wanted.pixel_sha256[:SAMPLE])
        if known is not None:
            return known
        tasks = [
            self._client.submit(
                measure_fidelity,
                self._job,
                self.computation,
                workers=[worker],
                allow_other_workers=True,  # where this one dies
                pure=False,
            )
            for worker in self._client.ncores()
        ]
        return min(float(_result(task, "Measuring the engine's fidelity")) for task in tasks)

    def embed(self, image_views: Sequence[ImageView]) -> Iterator[int]:
        """Have image views embedded into the bank; yield how many are done since the last."""
        waiting = iter([image_views[at : at + SIZE] for at in range(0, len(image_views), SIZE)])
        at_work: dict[Any, Sequence[ImageView]] = {}
        done = importlib.import_module("distributed").as_completed(loop=self._client.loop)
        try:
            while True:
                # One block a worker: if a worker dies, its block is to blame. Workers may come
                # and go meanwhile.
                while len(at_work) < max(len(self._client.ncores()), 1):
                    if (block := next(waiting, None)) is None:
                        break
                    task = self._client.submit(
                        embed_block, self._job, self.computation, block, pure=False
                    )
                    at_work[task] = block
                    done.add(task)
                if not at_work:
                    return
                task = next(done)
                self._take(task, at_work[task])
                yield len(at_work.pop(task))
        finally:
            self._client.cancel(list(at_work))

    def _take(self, task: Any, block: Sequence[ImageView]) -> None:  # noqa: ANN401 - as above
        """Add a block that a worker has written to the bank to this process's index."""
        first, last = (f"{self._ids[one.row]} (view {one.view})" for one in (block[0], block[-1]))
        name = _result(task, f"The block of image views from {first} to {last}")
        if not self.cached.adopt(name):
            raise RadbankError(
                f"A worker wrote {name} into the bank {self._job.bank}, and on this machine it is "
                "not there: set RADBANK_BANK to a folder that all of them share, or to an address "
                "such as s3://bucket/bank."
            )


def _result(task: Any, what: str) -> Any:  # noqa: ANN401 - a distributed.Future, of anything
    """Wait for a task; if its workers died, raise an error that names the task."""
    try:
        return task.result()
    except importlib.import_module("distributed").KilledWorker:
        raise RadbankError(
            f"{what} killed one worker after the other: their logs say why; if memory ran out, "
            "lower features.batch_size or start workers with more of it."
        ) from None


def _agreed(answers: Mapping[str, Decision | Exception]) -> Decision:
    """Return the decision of the workers, which must agree.

    Raises
    ------
    RadbankError
        If one cannot compute, or two would compute differently.
    """
    decided: dict[Computation, tuple[str, Decision]] = {}
    for worker, answer in sorted(answers.items()):
        match answer:
            case Decision():
                decided.setdefault(answer.computation, (worker, answer))
            case RadbankError():
                raise RadbankError(f"Worker {worker}: {answer}")
            case ImportError():
                raise RadbankError(
                    f"Worker {worker} cannot import radbank ({answer}): install the same version "
                    "there."
                )
            case _:
                raise answer
    if len(decided) > 1:
        (one, (first, _)), (other, (second, _)), *_ = decided.items()
        differences = [
            f"{field.name} is {getattr(one, field.name)} and {getattr(other, field.name)}"
            for field in fields(Computation)
            if getattr(one, field.name) != getattr(other, field.name)
        ]
        raise RadbankError(
            f"Workers {first} and {second} would compute differently ({'; '.join(differences)}): "
            "name engine and precision in params.yaml, give all machines the same weights, or use "
            "machines of one kind."
        )
    ((_, decision),) = decided.values()
    return decision
