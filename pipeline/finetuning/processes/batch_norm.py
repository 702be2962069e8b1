"""Batch normalisation over all of a batch, of which each process has a share."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
import torch.distributed as dist
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from pipeline.finetuning.processes.group import ProcessGroup


def whole_batch_norm(group: ProcessGroup, *, counts: bool) -> AbstractContextManager[Any]:
    """Return the context of a forward pass in which statistics are those of the whole batch.

    It reaches every layer that calls ``torch.nn.functional.batch_norm`` with statistics of the
    batch, on CPUs and GPUs alike. ``torch.nn.SyncBatchNorm`` needs a GPU, and replaces layers of
    the exact class BatchNorm only, not those of timm that normalise and activate in one.

    Parameters
    ----------
    group
        Among a single process nothing changes.
    counts
        Whether the images of this process belong to the batch; otherwise they are normalised by
        the statistics of the others, and add nothing to them.
    """
    return _WholeBatchNorm(counts) if group.size > 1 else nullcontext()


class _WholeBatchNorm(TorchFunctionMode):
    """Computes batch normalisation in training otherwise, and all else as ever."""

    def __init__(self, counts: bool) -> None:
        super().__init__()
        self._counts = counts

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - what the function returns
        if func is functional.batch_norm:
            return self._batch_norm(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))

    def _batch_norm(  # noqa: PLR0917 - the signature of what it stands for
        self,
        images: torch.Tensor,
        running_mean: torch.Tensor | None,
        running_var: torch.Tensor | None,
        weight: torch.Tensor | None = None,
        bias: torch.Tensor | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> torch.Tensor:
        if not training:
            return functional.batch_norm(
                images, running_mean, running_var, weight, bias, False, momentum, eps
            )
        mean, variance, total = _statistics(images.detach(), counts=self._counts)
        if running_mean is not None and running_var is not None:
            running_mean.lerp_(mean, momentum)
            running_var.lerp_(variance * (total / (total - 1)), momentum)
        channels = images.shape[1]
        normalised: torch.Tensor = _Normalise.apply(
            images,
            images.new_ones(channels, dtype=mean.dtype) if weight is None else weight,
            images.new_zeros(channels, dtype=mean.dtype) if bias is None else bias,
            mean,
            torch.rsqrt(variance + eps),
            total,
            self._counts,
        )
        return normalised


def _statistics(
    images: torch.Tensor, *, counts: bool
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return mean and variance of each channel over all processes, and of how many values.

    Deviations are added up from each process's own mean (Chan, Golub and LeVeque, The American
    Statistician 37, 1983), so that large means cost no digits.
    """
    variance, mean = torch.var_mean(images.float(), dim=_but_channels(images), correction=0)
    count = images.numel() / images.shape[1] if counts else 0.0
    own = torch.cat([mean, variance, mean.new_tensor([count])])
    everyones = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(everyones, own)
    table = torch.stack(everyones)
    means, variances = table[:, :-1].chunk(2, dim=1)
    share = table[:, -1:] / table[:, -1].sum()
    mean = (share * means).sum(0)
    variance = (share * (variances + (means - mean) ** 2)).sum(0)
    return mean, variance, table[:, -1].sum()


def _but_channels(images: torch.Tensor) -> list[int]:
    return [dim for dim in range(images.ndim) if dim != 1]


class _Normalise(torch.autograd.Function):
    """Normalise by statistics of the whole batch, through which the gradient flows too."""

    @staticmethod
    def forward(  # noqa: PLR0917 - torch.autograd hands over positions
        ctx: Any,  # noqa: ANN401 - torch's own, without a type
        images: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor,
        mean: torch.Tensor,
        inverse: torch.Tensor,
        total: torch.Tensor,
        counts: bool,
    ) -> torch.Tensor:
        ctx.save_for_backward(images, weight, mean, inverse, total)
        ctx.counts = counts
        scale = weight * inverse
        shape = _shape(images)
        shifted = images.float() * scale.view(shape) + (bias - mean * scale).view(shape)
        return shifted.to(images.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:  # noqa: ANN401
        images, weight, mean, inverse, total = ctx.saved_tensors
        shape, dims = _shape(images), _but_channels(images)
        above = gradients[0].float()
        normalised = (images.float() - mean.view(shape)) * inverse.view(shape)
        of_bias, of_weight = above.sum(dims), (above * normalised).sum(dims)
        sums = torch.cat([of_bias, of_weight])
        dist.all_reduce(sums)
        if not ctx.counts:
            return torch.zeros_like(images), of_weight, of_bias, None, None, None, None
        from_mean, from_variance = (sums / total).chunk(2)
        centred = above - from_mean.view(shape) - normalised * from_variance.view(shape)
        of_images = (weight * inverse).view(shape) * centred
        return of_images.to(images.dtype), of_weight, of_bias, None, None, None, None


def _shape(images: torch.Tensor) -> list[int]:
    """Return the shape in which one number a channel spreads over images."""
    return [1, -1, *[1] * (images.ndim - 2)]
