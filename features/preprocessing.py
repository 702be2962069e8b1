"""Preprocessing of pixels for a network: resize and normalise as for its weights."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch

INTERPOLATIONS = ("bilinear", "bicubic")


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """Resize the whole image to a square and normalise its channels.

    The centre crop that ImageNet evaluation uses is left out on purpose: on a chest radiograph it
    would cut the lungs off.

    Parameters
    ----------
    input_size
        Side of the network's square input in pixels.
    mean, std
        Per channel (red, green, blue), for values in [0, 1].
    interpolation
        ``"bilinear"`` or ``"bicubic"``, always with antialiasing.
    """

    input_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str

    def __post_init__(self) -> None:
        if self.interpolation not in INTERPOLATIONS:
            raise ValueError(f"interpolation {self.interpolation!r} is not in {INTERPOLATIONS}")

    def __call__(self, pixels: "np.ndarray | torch.Tensor") -> "torch.Tensor":
        """Return network input, float32 of shape (n, 3, input_size, input_size).

        Parameters
        ----------
        pixels
            uint8 of shape (n, height, width) for grey or (n, 3, height, width) for colour.
        """
        return self.normalise(self.resize(pixels))

    def resize(self, pixels: "np.ndarray | torch.Tensor") -> "torch.Tensor":
        """Return uint8 of shape (n, 1 or 3, input_size, input_size).

        Parameters
        ----------
        pixels
            uint8 of shape (n, height, width) or (n, 3, height, width), on any device.

        Raises
        ------
        ValueError
            If the pixels are of another type or shape.
        """
        import torch  # noqa: PLC0415 - takes seconds, which a preprocessing only named need not
        from torch.nn.functional import interpolate  # noqa: PLC0415 - likewise

        pixels = torch.as_tensor(pixels)
        if pixels.ndim == 3:
            pixels = pixels[:, None]
        if pixels.dtype != torch.uint8 or pixels.ndim != 4 or pixels.shape[1] not in {1, 3}:
            raise ValueError(f"expected uint8 images, got {pixels.dtype} {tuple(pixels.shape)}")
        size = (self.input_size, self.input_size)
        if tuple(pixels.shape[2:]) == size:
            return pixels
        if pixels.device.type == "cpu":
            return interpolate(pixels, size=size, mode=self.interpolation, antialias=True)
        # torch resizes bytes on the CPU only
        resized = interpolate(pixels.float(), size=size, mode=self.interpolation, antialias=True)
        return resized.round().clamp(0, 255).to(torch.uint8)

    def normalise(self, pixels: "torch.Tensor") -> "torch.Tensor":
        """Return ``(pixels / 255 - mean) / std``, grey replicated to three channels.

        Parameters
        ----------
        pixels
            uint8 of shape (n, 1 or 3, size, size), on any device.

        Returns
        -------
        torch.Tensor
            float32 of shape (n, 3, size, size), on the same device.
        """
        import torch  # noqa: PLC0415 - as above

        mean = torch.tensor(self.mean, device=pixels.device).view(1, 3, 1, 1)
        std = torch.tensor(self.std, device=pixels.device).view(1, 3, 1, 1)
        return (pixels.float() / 255 - mean) / std

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers and strings, as JSON and the feature store hold them."""
        return {**asdict(self), "mean": list(self.mean), "std": list(self.std)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Preprocessing":
        """Return what :meth:`to_dict` was called on."""
        red, green, blue = content["mean"]
        red_std, green_std, blue_std = content["std"]
        return cls(
            input_size=content["input_size"],
            mean=(red, green, blue),
            std=(red_std, green_std, blue_std),
            interpolation=content["interpolation"],
        )
