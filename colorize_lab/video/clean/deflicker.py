"""Deflicker: brightness that jumps from frame to frame, as hand-cranked cameras left it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.video.clean.stage import Frame, look_around
from colorize_lab.video.looks import undo_motion

__all__ = ["Deflicker", "choose_correction", "measure_exposures"]

Floats: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]

# Longer side of the small frames that exposure is measured on, in pixels.
_SMALL = 96
# Frames to each side: flicker is faster than this, and light that changes as slowly is real.
_REACH = 8
# Levels that follow the exposure: darker ones are noise, brighter ones are clipped.
_DARKEST, _BRIGHTEST = 20, 245
# Exposures in logarithms; where the frames scatter less, nobody sees it.
_VISIBLE = 0.005
# Where Tukey's biweight ends, in standard deviations (95 % efficient on a normal variable), and the
# least of these, as logarithm: a level is not finer.
_TUKEY = 4.685
_SMALLEST_SCALE = 1e-3
_ROUNDS = 3
# Donoho & Johnstone 1994: a normal variable's sigma in medians of |x|.
_MEDIAN_TO_SIGMA = 1.4826


@dataclass(frozen=True)
class Deflicker:
    """Even out the exposure, which may flicker differently left and right, above and below.

    The exposure of each frame is brought to the line through those around it. Light that is
    switched on, fades or flashes stays: what is far from the frames around is no flicker.
    """

    name: ClassVar[str] = "deflicker"

    def apply(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Clean the frames of one shot, seventeen of which are held in memory."""
        for at, window in look_around(measure_exposures(frames), _REACH):
            exposures = np.stack([exposure for _, exposure in window])
            yield change_exposure(window[at][0], choose_correction(exposures, at))


def measure_exposures(frames: Iterable[Frame]) -> Iterator[tuple[Frame, Doubles]]:
    """Measure each frame's exposure against the first one's.

    Parameters
    ----------
    frames : iterable of ndarray of uint8, shape (H, W, 3)
        RGB.

    Yields
    ------
    tuple of ndarray
        The frame, and the logarithm of its exposure as factors of `make_basis`, shape (K,).
    """
    last: Floats | None = None
    exposure = np.zeros(make_basis((1, 1)).shape[1])
    for frame in frames:
        small = shrink_frame(frame)
        if last is not None:
            exposure = exposure + compare_exposures(last, small)
        last = small
        yield frame, exposure


def shrink_frame(frame: Frame) -> Floats:
    """Make a small gray frame."""
    height, width = frame.shape[:2]
    shrink = min(1.0, _SMALL / max(height, width))
    size = max(16, round(width * shrink)), max(16, round(height * shrink))
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)


def compare_exposures(before: Floats, after: Floats) -> Doubles:
    """Measure by how much a frame is brighter than the one before.

    Parameters
    ----------
    before, after : ndarray of float32, shape (h, w)
        Small gray frames, 0..255.

    Returns
    -------
    ndarray of float64, shape (K,)
        Logarithm of the exposure, as factors of `make_basis`.
    """
    after = undo_motion(before, after)
    low, high = np.minimum(before, after), np.maximum(before, after)
    valid = ((low >= _DARKEST) & (high <= _BRIGHTEST)).ravel()
    basis = make_basis(before.shape)[valid]
    if len(basis) < 0.1 * valid.size:
        return np.zeros(basis.shape[1])
    return fit_planes(np.log(after.ravel()[valid] / before.ravel()[valid]), basis)


def fit_planes(steps: Floats, basis: Floats) -> Doubles:
    """Fit planes to the pixels, of which those that moved or were covered count for nothing.

    Parameters
    ----------
    steps : ndarray of float32, shape (N,)
        Logarithms.
    basis : ndarray of float32, shape (N, K)
        Values of the planes at the same pixels.

    Returns
    -------
    ndarray of float64, shape (K,)
        Factors of the planes.

    References
    ----------
    A. E. Beaton, J. W. Tukey, "The fitting of power series, meaning polynomials, illustrated on
    band-spectroscopic data", Technometrics 16(2), 1974.
    """
    weights = np.ones(len(steps), np.float32)
    for _ in range(_ROUNDS):
        weighted = basis * weights[:, np.newaxis]
        factors = np.linalg.lstsq(weighted.T @ basis, weighted.T @ steps, rcond=None)[0]
        residuals = steps - basis @ factors
        scale = _MEDIAN_TO_SIGMA * float(np.median(np.abs(residuals)))
        weights = weigh_residuals(residuals, max(_SMALLEST_SCALE, scale))
    return np.asarray(factors, np.float64)


@lru_cache(maxsize=4)
def make_basis(shape: tuple[int, int]) -> Floats:
    """Return smooth planes, orthogonal and each of mean square 1: (h * w, K)."""
    rows, columns = (np.linspace(-1, 1, side) if side > 1 else np.zeros(1) for side in shape)
    y, x = (plane.ravel() for plane in np.meshgrid(rows, columns, indexing="ij"))
    root = 3**0.5
    return np.stack([np.ones(x.shape), root * x, root * y], axis=1).astype(np.float32)


def weigh_residuals(residuals: Floats, scale: float) -> Floats:
    """Weigh by Tukey's biweight: 1 for none, nothing for outliers."""
    weights: Floats = np.maximum(0, 1 - np.square(residuals / (_TUKEY * scale))) ** 2
    return weights


def choose_correction(exposures: Doubles, at: int) -> Doubles:
    """Say by how much a frame's exposure must change.

    Parameters
    ----------
    exposures : ndarray of float64, shape (N, K)
        Of a window of frames.
    at : int
        The frame's place in it.

    Returns
    -------
    ndarray of float64, shape (K,)
        To be added to the exposure; zeros where no flicker would be seen.
    """
    scatter = measure_scatter(exposures) if len(exposures) > 2 else 0.0
    if scatter <= _VISIBLE:
        return np.zeros(exposures.shape[1])
    near = exposures[max(0, at - 2) : at + 3]
    distance = np.linalg.norm(exposures - np.median(near, axis=0), axis=1)
    trust = weigh_residuals(distance, scatter)
    times = np.arange(len(exposures)) - at
    line = np.stack([np.ones(len(times)), times], axis=1)
    weighted = line * trust[:, np.newaxis]
    expected = np.linalg.lstsq(weighted.T @ line, weighted.T @ exposures, rcond=None)[0][0]
    # Where flicker is hardly seen little is done, so that nothing sets in with a jump.
    strength = 1 - (_VISIBLE / scatter) ** 2
    return np.asarray((expected - exposures[at]) * (strength * (trust[at] > 0)))


def measure_scatter(exposures: Doubles) -> float:
    """Measure by how much exposures jump, as a standard deviation; what changes steadily does not.

    Parameters
    ----------
    exposures : ndarray of float64, shape (N, K)
        With N from 3 up.
    """
    bends = np.linalg.norm(np.diff(exposures, 2, axis=0), axis=1)
    return float(_MEDIAN_TO_SIGMA * np.median(bends) / 6**0.5)


def change_exposure(frame: Frame, correction: Doubles) -> Frame:
    """Multiply a frame by a smooth plane of factors; by none where the correction is zero."""
    if not correction.any():
        return frame
    grid = 32, 32
    plane = np.exp(make_basis(grid) @ correction).reshape(grid).astype(np.float32)
    gains = cv2.resize(plane, frame.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    factors = cv2.merge([gains, gains, gains])
    return np.asarray(cv2.multiply(frame, factors, dtype=cv2.CV_8U), np.uint8)
