"""Geometry and aging of training photos, on the device, a batch at a time.

Old photos are what the network will see: their lightness has been through gamma, fading, blur,
grain, orthochromatic emulsion, JPEG and vignetting. The color to be learnt is never touched.
Each effect takes lightness (N, 1, H, W) in 0..1 and strikes a share of the photos.
"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional

__all__ = [
    "LUMINANCE",
    "Dice",
    "age_lightness",
    "crop_and_warp",
    "crush_blacks",
    "mix_weights",
    "paste_patches",
]

# ITU-R BT.709 luminance of linear sRGB.
LUMINANCE = (0.212671, 0.715160, 0.072169)


class Dice:
    """Random numbers for a batch, all from one generator on one device.

    Parameters
    ----------
    seed : int
        The same seed gives the same numbers on the same kind of device.
    device : torch.device
        Device on which they are drawn.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self.device = device
        self.generator = Generator(device).manual_seed(seed)

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw uniform numbers in ``[low, high)``."""
        unit = torch.rand(*shape, generator=self.generator, device=self.device)
        return low + (high - low) * unit

    def normal(self, *shape: int) -> Tensor:
        """Draw standard normal numbers."""
        return torch.randn(*shape, generator=self.generator, device=self.device)

    def strikes(self, share: float, batch: int) -> Tensor:
        """Draw (N,) booleans, true for about ``share`` of the batch."""
        return self.uniform(0, 1, batch) < share

    def integers(self, high: int, *shape: int) -> Tensor:
        """Draw integers in ``[0, high)``."""
        return torch.randint(high, shape, generator=self.generator, device=self.device)


def crop_and_warp(photos: Tensor, side: int, dice: Dice) -> Tensor:
    """Zoom, flip, shear and stretch photos into squares of another side.

    Parameters
    ----------
    photos : Tensor
        (N, 3, S, S) uint8.
    side : int
        Side of the result in pixels.

    Returns
    -------
    Tensor
        (N, 3, side, side) float32 in 0..1.
    """
    n = photos.shape[0]
    zoom = 1 - 0.5 * dice.uniform(0, 1, n) ** 2  # mostly whole photos, down to half
    stretch = torch.exp(dice.uniform(-0.2, 0.2, n))
    flip = torch.where(dice.strikes(0.5, n), -1.0, 1.0)
    shear = dice.uniform(-0.15, 0.15, n)
    width, height = (zoom * stretch).clamp_max(1), (zoom / stretch).clamp_max(1)
    center_x = dice.uniform(-1, 1, n) * (1 - width)
    center_y = dice.uniform(-1, 1, n) * (1 - height)
    theta = torch.stack(
        [flip * width, shear * width, center_x, torch.zeros_like(width), height, center_y], dim=1
    ).view(n, 2, 3)
    grid = functional.affine_grid(theta, [n, 3, side, side], align_corners=False)
    pixels = photos.float() / 255
    return functional.grid_sample(
        pixels, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )


def paste_patches(pixels: Tensor, dice: Dice, share: float) -> Tensor:
    """Put a rectangle of another photo into a share of the photos, at the same place.

    What a thing is must then be told from itself, not from the collection that its surroundings
    give away: photos of other collections gain.

    Parameters
    ----------
    pixels : Tensor
        (N, 3, H, W); each photo takes from the one before it.
    share : float
        Of the photos, 0..1.

    Returns
    -------
    Tensor
        As ``pixels``.

    References
    ----------
    S. Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable
    Features", ICCV 2019.
    """
    n, _, height, width = pixels.shape
    size = dice.uniform(0.3, 0.7, 2, n, 1)
    start = dice.uniform(0, 1, 2, n, 1) * (1 - size)
    y, x = (
        (torch.arange(length, device=pixels.device)[None] + 0.5) / length
        for length in (height, width)
    )
    rows, columns = (
        (at >= first) & (at < first + extent)
        for at, first, extent in zip((y, x), start, size, strict=True)
    )
    struck = dice.strikes(share, n).view(n, 1, 1, 1)
    inside = struck & rows[:, None, :, None] & columns[:, None, None, :]
    return torch.where(inside, pixels.roll(1, dims=0), pixels)


def mix_weights(batch: int, dice: Dice, share: float = 0.12) -> Tensor:
    """(N, 3) weights of linear RGB in gray; some orthochromatic: blind to red, keen on blue."""
    plain = torch.tensor(LUMINANCE, device=dice.device).expand(batch, 3)
    scale = torch.tensor([0.15, 1.0, 1.0], device=dice.device)
    emulsion = dice.uniform(0.05, 1, batch, 3) * scale
    emulsion = emulsion / emulsion.sum(1, keepdim=True)
    return torch.where(dice.strikes(share, batch)[:, None], emulsion, plain)


def change_tone(lightness: Tensor, dice: Dice, share: float = 0.35) -> Tensor:
    """Gamma, then low or high contrast: new black and white points, clipped."""
    n = lightness.shape[0]
    gamma = torch.exp(dice.uniform(-0.4, 0.4, n) * dice.strikes(share, n)).view(n, 1, 1, 1)
    struck = dice.strikes(share, n)
    black = (dice.uniform(-0.15, 0.25, n) * struck).view(n, 1, 1, 1)
    white = (1 - dice.uniform(-0.15, 0.25, n) * struck).view(n, 1, 1, 1)
    return (black + (white - black) * lightness.clamp(0, 1) ** gamma).clamp(0, 1)


def crush_blacks(lightness: Tensor, dice: Dice, share: float) -> Tensor:
    """Lose all drawing in the shadows, as hard prints and high-contrast scans do.

    Black points of 0.05 to 0.3; what is above is stretched down to them.
    """
    n = lightness.shape[0]
    black = (dice.uniform(0.05, 0.3, n) * dice.strikes(share, n)).view(n, 1, 1, 1)
    return ((lightness - black) / (1 - black)).clamp(0, 1)


def vignette(lightness: Tensor, dice: Dice, share: float = 0.1) -> Tensor:
    """Darken towards the corners by up to 60 %."""
    n, _, height, width = lightness.shape
    y = torch.linspace(-1, 1, height, device=lightness.device).view(1, 1, -1, 1)
    x = torch.linspace(-1, 1, width, device=lightness.device).view(1, 1, 1, -1)
    depth = (dice.uniform(0, 0.6, n) * dice.strikes(share, n)).view(n, 1, 1, 1)
    return lightness * (1 - depth * (x**2 + y**2) / 2)


def blur(lightness: Tensor, dice: Dice, share: float = 0.2) -> Tensor:
    """Gaussian blur of sigma up to 1.6 pixels, of the struck photos only."""
    struck = dice.strikes(share, lightness.shape[0]).nonzero()[:, 0]
    if len(struck) == 0:
        return lightness
    sigma = dice.uniform(0.3, 1.6, len(struck)).view(-1, 1)
    taps = torch.arange(-4, 5, device=lightness.device).view(1, -1)
    kernel = torch.exp(-0.5 * (taps / sigma) ** 2)
    kernel = kernel / kernel.sum(1, keepdim=True)
    stack = lightness[struck].transpose(0, 1)  # a photo a channel, each with its own kernel
    padded = functional.pad(stack, (4, 4, 4, 4), mode="reflect")
    rows = functional.conv2d(padded, kernel.view(-1, 1, 1, 9), groups=len(struck))
    both = functional.conv2d(rows, kernel.view(-1, 1, 9, 1), groups=len(struck))
    return lightness.index_copy(0, struck, both.transpose(0, 1))


def add_grain(lightness: Tensor, dice: Dice, share: float = 0.25) -> Tensor:
    """Film grain: normal noise of sigma up to 0.08, strongest in the midtones."""
    n, _, height, width = lightness.shape
    sigma = (dice.uniform(0, 0.08, n) * dice.strikes(share, n)).view(n, 1, 1, 1)
    strength = 0.4 + 2.4 * lightness * (1 - lightness)
    return (lightness + sigma * strength * dice.normal(n, 1, height, width)).clamp(0, 1)


def dct_basis(device: torch.device) -> Tensor:
    """(64, 1, 8, 8) orthonormal DCT-II basis."""
    k = torch.arange(8, device=device, dtype=torch.float32)
    rows = torch.cos(math.pi * (2 * k[None] + 1) * k[:, None] / 16) / 2
    rows[0] /= math.sqrt(2)
    return torch.einsum("uy,vx->uvyx", rows, rows).reshape(64, 1, 8, 8)


def compress(lightness: Tensor, dice: Dice, share: float = 0.12) -> Tensor:
    """JPEG's blocks: DCT coefficients rounded in steps that grow with frequency."""
    struck = dice.strikes(share, lightness.shape[0]).nonzero()[:, 0]
    if len(struck) == 0:
        return lightness
    basis = dct_basis(lightness.device)
    k = torch.arange(8, device=lightness.device)
    frequency = (k[:, None] + k[None]).reshape(1, 64, 1, 1)
    # About the luminance table of the JPEG standard's annex K: 16 at DC, up to 100 at the end.
    steps = (12 + 6 * frequency) / 255 * dice.uniform(0.3, 2.5, len(struck)).view(-1, 1, 1, 1)
    coefficients = functional.conv2d(lightness[struck], basis, stride=8)
    coefficients = (coefficients / steps).round() * steps
    blocks = functional.conv_transpose2d(coefficients, basis, stride=8)
    return lightness.index_copy(0, struck, blocks.clamp(0, 1))


def age_lightness(lightness: Tensor, dice: Dice, share: float = 0.7) -> Tensor:
    """Every effect in the order in which it befalls a photo: lens, emulsion, print, scan.

    The rest of the photos is good black and white, which most that is colored is.
    """
    aged = lightness
    for effect in (vignette, blur, change_tone, add_grain, compress):
        aged = effect(aged, dice)
    struck = dice.strikes(share, lightness.shape[0]).view(-1, 1, 1, 1)
    return torch.where(struck, aged, lightness)
