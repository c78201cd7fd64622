"""Drawing of photos: all alike, or those with rare colors more often."""

from __future__ import annotations

import torch
from torch import Generator, Tensor
from torch.nn import functional

from colorize_lab.color import class_weights, load_bins, load_prior
from colorize_lab.training.color import SoftEncoder, linear_to_ab, srgb_to_linear

__all__ = ["PhotoDraw", "measure_rarity"]

# Side of the thumbnails whose colors are looked up, and photos at once.
THUMBNAIL_PX = 16
BATCH = 512
# A bin that next to no photo has shall not decide alone.
MAX_WEIGHT = 6.0


class PhotoDraw:
    """Draws photos with replacement.

    Parameters
    ----------
    photos : Tensor
        (N, 3, S, S) uint8.
    power : float
        Each photo is drawn in proportion to its rarity to this power; 0 draws all alike.
    seed : int
        Of the draws.
    """

    def __init__(self, photos: Tensor, power: float, seed: int) -> None:
        self.count = len(photos)
        self.generator = Generator().manual_seed(seed)
        self.weights = measure_rarity(photos) ** power if power else None

    def draw(self, count: int) -> Tensor:
        """Draw indices of photos: int64 (count,), on the CPU."""
        if self.weights is None:
            return torch.randint(self.count, (count,), generator=self.generator)
        return torch.multinomial(self.weights, count, replacement=True, generator=self.generator)


def measure_rarity(photos: Tensor) -> Tensor:
    """Measure how rare the colors of photos are.

    Parameters
    ----------
    photos : Tensor
        (N, 3, S, S) uint8.

    Returns
    -------
    Tensor
        (N,) float32 on the CPU: the mean class weight (Zhang et al. 2016, equation 4) of a photo's
        colors, about 1 on average over all photos.
    """
    device = photos.device
    encoder = SoftEncoder(device)
    weights = torch.tensor(class_weights(load_prior(), load_bins()), device=device)
    weights = weights.clamp_max(MAX_WEIGHT)
    parts = []
    for part in torch.split(photos, BATCH):
        small = functional.adaptive_avg_pool2d(part.float() / 255, THUMBNAIL_PX)
        nearest = encoder.encode(linear_to_ab(srgb_to_linear(small)))[0][:, 0]
        parts.append(weights[nearest].mean((1, 2)))
    return torch.cat(parts).float().cpu()
