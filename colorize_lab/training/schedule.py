"""Training schedule: duration, sizes and rates, stored in checkpoints."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Schedule"]


@dataclass(frozen=True)
class Schedule:
    """Duration, sizes and rates of training.

    Attributes
    ----------
    samples : int
        Photos to see at most, counting each as often as it is seen.
    minutes : float
        Time to train at most, over all slices; a run ends with whichever comes first, and the
        learning rate and the sizes follow the progress towards it. Only a run that is bounded
        by samples alone is deterministic.
    sides : tuple of (float, int)
        From which progress on (0..1, the first is 0) which side in pixels, a multiple of 32.
    batch : int
        Photos per step at 96 pixels; larger sides take proportionally fewer.
    peak_rate : float
        Highest learning rate, reached after the warm-up.
    warmup : float
        Share of the progress in which the rate rises, 0..1.
    weight_decay : float
        Of AdamW, on kernels only.
    ema_samples : float
        How many samples the moving average of the weights looks back.
    clip_norm : float
        Longest gradient.
    hint_share : float
        Share of the photos that get hints, 0..1; from the rest it learns to color by itself.
    patch_share : float
        Share of the photos that get a rectangle of another one, 0..1.
    black_share : float
        Share of the photos whose shadows lose all drawing, 0..1.
    rare_colors : float
        Photos are drawn in proportion to the mean class weight of their colors to this power.
    encoder_rate : float
        Learning rate of the encoder, as a share of that of the rest: below 1 if it starts
        from weights that know things already.
    frozen_blocks : int
        Number of the encoder's blocks, from the first on, that stay as they are. They cost the
        most, since they work on the largest pictures, and see only edges.
    frozen_norms : bool
        The encoder's batch norms keep the means and variances that they start with.
    decoded_loss, feature_loss : float
        Losses on the decoded colors: lengths of their gradients as shares of cross entropy's.
    teacher_share : float
        Share of the loss that is against the teachers' distribution, 0..1; the truth has the rest.
    seed : int
        Of the first weights and of everything that is drawn.

    Examples
    --------
    >>> schedule = Schedule(sides=((0.0, 96), (0.5, 160)))
    >>> schedule.side(0.4), schedule.side(0.6)
    (96, 160)
    >>> schedule.batch_size(96), schedule.batch_size(160)
    (64, 24)
    """

    samples: int = 1_000_000
    minutes: float = math.inf
    sides: tuple[tuple[float, int], ...] = ((0.0, 96), (0.5, 128), (0.85, 160))
    batch: int = 64
    peak_rate: float = 2e-3
    warmup: float = 0.03
    weight_decay: float = 0.02
    ema_samples: float = 20_000
    clip_norm: float = 1.0
    hint_share: float = 0.35
    patch_share: float = 0.0
    black_share: float = 0.0
    rare_colors: float = 0.0
    encoder_rate: float = 1.0
    frozen_blocks: int = 0
    frozen_norms: bool = False
    decoded_loss: float = 0.0
    feature_loss: float = 0.0
    teacher_share: float = 0.5
    seed: int = 0

    @property
    def largest_side(self) -> int:
        """The largest side of all, in pixels."""
        return max(side for _, side in self.sides)

    @property
    def freezes(self) -> bool:
        """True if a part of the encoder is frozen."""
        return self.frozen_blocks > 0 or self.frozen_norms

    def progress(self, samples: int, seconds: float) -> float:
        """Share of the schedule that is done after these samples and seconds, 0..1."""
        return min(1.0, max(samples / self.samples, seconds / 60 / self.minutes))

    def side(self, progress: float) -> int:
        """Side of the photos at this progress, in pixels."""
        return [side for start, side in self.sides if progress >= start][-1]

    def batch_size(self, side: int) -> int:
        """Photos per step: about the same number of pixels at every side."""
        return max(8, round(self.batch * (96 / side) ** 2 / 8) * 8)

    def rate(self, progress: float) -> float:
        """Learning rate: linear warm-up, then a cosine to a hundredth."""
        if progress < self.warmup:
            return self.peak_rate * (0.05 + 0.95 * progress / self.warmup)
        fall = (progress - self.warmup) / (1 - self.warmup)
        return self.peak_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * fall)))
