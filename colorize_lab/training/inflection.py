"""The inflection point of adversarial training, found by measurement instead of by eye.

For a while the critic makes colors livelier; then they turn, skin first. Each checkpoint is
measured on held-out photos, and the last one that harms nothing wins.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
from torch import Tensor, nn

from colorize_lab.system.atomic import write_file
from colorize_lab.training.batch import make_plain_batch
from colorize_lab.training.color import SoftEncoder, soft_cross_entropy
from colorize_lab.training.critic import measure_fooled
from colorize_lab.training.decode import DefaultDecoder
from colorize_lab.training.extra_losses import shrink_lightness

__all__ = ["Inflection", "Measurer", "choose_checkpoint", "write_inflections"]

MAX_PHOTOS = 256
BATCH = 32
# Lab hue in degrees, chroma and L* of skin, from dark to light (K. Xiao et al., "Characterising
# the variations in ethnic skin colours", Skin Research and Technology 23, 2017).
SKIN_HUE, SKIN_CHROMA, SKIN_LIGHTNESS = (35, 75), (10, 35), (30, 80)
# How much worse than the start a checkpoint may be: about the difference between two seeds.
MAX_ENTROPY_GAIN = 0.02
MAX_HUE_GAIN_DEGREES = 2.0


@dataclass(frozen=True)
class Inflection:
    """Measurements of one checkpoint.

    Attributes
    ----------
    samples : int
        Photos of the joint training so far.
    cross_entropy : float
        On held-out photos.
    skin_hue_error : float
        Mean distance in degrees between the hue of the truth and of the coloring, over pixels
        whose true color is that of skin; NaN if there is none.
    fooled : float
        Share of held-out photos whose colors the critic scores as high as the true ones.
    """

    samples: int
    cross_entropy: float
    skin_hue_error: float
    fooled: float


class Measurer:
    """Held-out photos, to measure checkpoints with.

    Parameters
    ----------
    photos : Tensor
        (N, 3, S, S) uint8. Of very many, some spread over all are taken.
    side : int
        Side at which the network sees them, a multiple of 32.
    """

    def __init__(self, photos: Tensor, side: int) -> None:
        self.photos = photos[:: -(-len(photos) // MAX_PHOTOS)]
        self.side = side
        self.encoder = SoftEncoder(photos.device)
        self.decoder = DefaultDecoder(photos.device)

    @torch.no_grad()
    def measure(self, network: nn.Module, critic: nn.Module, samples: int) -> Inflection:
        """Measure a network, which is left in eval mode."""
        network.eval()
        entropies, fooled, hue_errors = [], [], []
        for photos in torch.split(self.photos, BATCH):
            data, ab = make_plain_batch(photos, self.side)
            logits = network(data).float()
            lightness, made = shrink_lightness(data), self.decoder.decode(logits)
            entropy = soft_cross_entropy(logits, *self.encoder.encode(ab))
            entropies += [float(entropy)] * len(photos)
            fooled.append(measure_fooled(critic, lightness, ab, made).float())
            hue_errors.append(list_hue_errors(lightness, ab, made))
        return Inflection(
            samples,
            sum(entropies) / len(entropies),
            float(torch.cat(hue_errors).mean()),
            float(torch.cat(fooled).mean()),
        )


def list_hue_errors(lightness: Tensor, true_ab: Tensor, ab: Tensor) -> Tensor:
    """Measure how far the hue is off, in degrees, at each pixel of skin: (pixels,)."""
    hue, chroma = measure_hue(true_ab), true_ab.norm(dim=1)
    skin = torch.ones_like(hue, dtype=torch.bool)
    ranges = ((hue, SKIN_HUE), (chroma, SKIN_CHROMA), (lightness[:, 0], SKIN_LIGHTNESS))
    for values, (low, high) in ranges:
        skin &= (values >= low) & (values <= high)
    turned = (measure_hue(ab) - hue + 180) % 360 - 180
    return turned.abs()[skin]


def measure_hue(ab: Tensor) -> Tensor:
    """Compute the hue angle of (N, 2, h, w) in degrees."""
    return torch.rad2deg(torch.atan2(ab[:, 1], ab[:, 0]))


def choose_checkpoint(rows: Sequence[Inflection]) -> Inflection:
    """Choose the checkpoint that fools most often among those that are as right as the start.

    Parameters
    ----------
    rows : sequence of Inflection
        In the order of training; the first is the start.

    Examples
    --------
    >>> start, lively = Inflection(0, 2.80, 12.0, 0.20), Inflection(64, 2.81, 13.0, 0.35)
    >>> turned = Inflection(128, 2.85, 19.0, 0.60)
    >>> choose_checkpoint([start, lively, turned]).samples
    64
    """
    start = rows[0]
    good = [
        row
        for row in rows
        if row.cross_entropy <= start.cross_entropy + MAX_ENTROPY_GAIN
        and not row.skin_hue_error > start.skin_hue_error + MAX_HUE_GAIN_DEGREES
    ]
    return max(good, key=lambda row: row.fooled)


def write_inflections(rows: Sequence[Inflection], path: Path) -> None:
    """Write the measurements of all checkpoints as CSV.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [field.name for field in fields(Inflection)])
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    write_file(text.getvalue().encode(), path, overwrite=True)
