"""Estimate of the noise, tile by tile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.restore.planes import Floats
from colorize_lab.restore.tiles import Tile, split_tiles

__all__ = [
    "NOISE_TILE",
    "estimate_chroma_noise",
    "estimate_noise",
    "estimate_typical_noise",
    "is_texture",
]

#: Side of the tiles that noise is told of, in pixels.
NOISE_TILE = 256
# The high-pass of Daubechies' wavelet with four taps; its norm is 1, so noise keeps its sigma.
_HIGH_PASS = np.array([-0.12940952, -0.22414387, 0.8365163, -0.48296291], np.float32)
# Donoho & Johnstone 1994: the median of |x| of a normal variable, in sigmas.
_MEDIAN_OF_NORMAL = 0.6745
_PATCH = 16
# At half the size noise of 2 L* and more is 0.50 to 0.73 as strong in photos, textures 0.79 to 1.2.
_TEXTURE_RATIO = 0.78
# Texture looks like noise: a tile is judged by the flattest tenth of its patches ...
_FLATTEST = 10
# ... which on white noise alone is this much of its sigma (measured).
_FLATTEST_BIAS = 0.90


def estimate_noise(plane: Floats, black: float = 0.2, white: float = 99.8) -> Floats:
    """Estimate the standard deviation of the noise in each tile.

    Parameters
    ----------
    plane : ndarray of float32, shape (H, W)
        L*, a* or b*.
    black, white : float
        Pixels beyond are clipped and tell nothing of the noise; the defaults are those of L*.

    Returns
    -------
    ndarray of float32, shape (ceil(H / 256), ceil(W / 256))
        Sigma in the plane's units. No tile is given more than 1.5 times the photo's median, so
        that foliage, which has no flat patch, is not taken for noise.

    Notes
    -----
    The median absolute deviation of the finest diagonal wavelet coefficients [1]_, of patches of
    16 pixels; of a tile's patches the flattest tenth counts, and none that is black or blown out.
    Grain that spans several pixels, as that of strongly compressed scans, is underestimated.

    References
    ----------
    .. [1] D. Donoho, I. Johnstone, "Ideal spatial adaptation by wavelet shrinkage", Biometrika
       81(3), 1994.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(50, 4, (256, 256)).astype(np.float32)
    >>> estimate_noise(noise).round()
    array([[4.]], dtype=float32)
    """
    height, width = plane.shape
    rows, columns = -(-height // NOISE_TILE), -(-width // NOISE_TILE)
    sigmas = np.zeros((rows, columns), np.float32)

    def estimate(tile: Tile) -> None:
        sigmas[tile.row, tile.column] = _estimate_tile(plane[tile.core], black, white)

    with ThreadPoolExecutor(max(1, cv2.getNumThreads())) as pool:
        for _ in pool.map(estimate, split_tiles(height, width, NOISE_TILE)):
            pass  # taking each result raises what its tile raised
    return np.minimum(sigmas, np.float32(1.5 * np.median(sigmas)))


def estimate_typical_noise(plane: Floats) -> float:
    """Estimate a photo's noise in L* by one number, the lower quartile of `estimate_noise`."""
    return float(np.percentile(estimate_noise(plane), 25))


def is_texture(lightness: Floats, sigma: float) -> bool:
    """Tell fabric, brush strokes and sand, which fill the picture, from noise of the same sigma.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    sigma : float
        What `estimate_typical_noise` found.

    Returns
    -------
    bool
        Averaging four pixels halves noise; a texture is as strong at half the size.
    """
    height, width = lightness.shape
    size = max(1, width // 2), max(1, height // 2)
    halved = cv2.resize(lightness, size, interpolation=cv2.INTER_AREA)
    return estimate_typical_noise(np.asarray(halved, np.float32)) > _TEXTURE_RATIO * sigma


def estimate_chroma_noise(ab: Floats) -> float:
    """Estimate the sigma of the noise in a* and b*, (H, W, 2): that of the noisier of the two."""
    planes = (np.ascontiguousarray(ab[..., channel]) for channel in (0, 1))
    return max(float(np.percentile(estimate_noise(p, -200, 200), 25)) for p in planes)


def _estimate_tile(tile: Floats, black: float, white: float) -> float:
    details = np.abs(cv2.sepFilter2D(tile, -1, _HIGH_PASS, _HIGH_PASS))
    patches = _split_patches(details)
    clipped = np.mean(_split_patches((tile <= black) | (tile >= white)), axis=1)
    patches = patches[clipped < 0.05]
    if not len(patches):
        return 0.0
    middle = patches.shape[1] // 2  # as np.median, in a quarter of its time
    sigmas = np.partition(patches, middle, axis=1)[:, middle] / _MEDIAN_OF_NORMAL
    bias = _FLATTEST_BIAS if len(sigmas) > 1 else 1.0
    return float(np.percentile(sigmas, _FLATTEST) / bias)


def _split_patches(tile: NDArray[Any]) -> NDArray[Any]:
    """Cut into (N, 256), or into one patch where the tile is smaller than that."""
    height, width = (side // _PATCH * _PATCH for side in tile.shape)
    if not height or not width:
        return tile.reshape(1, -1)
    grid = tile[:height, :width].reshape(height // _PATCH, _PATCH, width // _PATCH, _PATCH)
    return grid.swapaxes(1, 2).reshape(-1, _PATCH * _PATCH)
