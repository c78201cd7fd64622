"""How steady and how right the colors of a film are.

Lightness is the source's in every coloring, and moves with the film; held against color alone,
no score is hidden or flattered by it. Films are streamed: no more than a few frames are kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from benchmarks.film_motion import Motion, measure_motion
from benchmarks.scores import measure_psnr
from colorize_lab.color import rgb_to_lab
from colorize_lab.color.metrics import measure_colorfulness
from colorize_lab.opencv import cv2

__all__ = ["FilmScores", "mean_known", "measure_divergence", "score_films"]

Floats = NDArray[np.float32]
Frame = NDArray[np.uint8]

# Frames apart, as in Liu et al.
_DISTANCES = (1, 2, 4)
# Motion and ab are measured on frames shrunk to this.
_LONG_SIDE_PX = 480
# Rounding to 8 bit is noise in ab that no coloring can help, up to half of the warp error of a
# small clip: ab is averaged over windows finer than any color of a network.
_WINDOW_PX = (3, 3)
# Bins of a* and b*, two units wide, over what sRGB reaches.
_AB_EDGES = np.arange(-112, 114, 2)


@dataclass(frozen=True)
class FilmScores:
    """Scores of one coloring of a film.

    Attributes
    ----------
    cdc : float
        Color distribution consistency: Jensen-Shannon divergence in nats between the histograms
        of frames 1, 2 and 4 apart, mean over a* and b*. 0 is constant.
    cdc_rgb : float
        The same over red, green and blue, as the paper has it: most of it is lightness.
    warp_error : float
        Mean distance in *ab* between a pixel and where it was a frame before, over the pixels
        that are seen in both.
    drift : float
        Standard deviation over time of the mean *ab* of a frame, inside a shot.
    colorfulness : float
        Mean over frames.
    psnr_db : float
        Mean over frames, against the truth; NaN where there is none.

    References
    ----------
    Y. Liu et al., "Temporally consistent video colorization with deep feature propagation and
    self-regularization learning", Computational Visual Media 10, 2024, section 4 (CDC).
    W. Lai et al., "Learning blind video temporal consistency", ECCV 2018, section 4 (warp error,
    there squared and of RGB).
    """

    cdc: float
    cdc_rgb: float
    warp_error: float
    drift: float
    colorfulness: float
    psnr_db: float


def score_films(
    source: Iterable[Frame],
    films: Mapping[str, Iterable[Frame]],
    *,
    cuts: Collection[int] = (),
    has_truth: bool = True,
) -> dict[str, FilmScores]:
    """Score colorings of one film side by side.

    Parameters
    ----------
    source : iterable of ndarray of uint8, shape (H, W, 3)
        The film in its true colors, or in black and white. Motion is measured on its lightness.
    films : mapping of str to iterables of ndarray of uint8, shape (H, W, 3)
        The colorings, with as many frames.
    cuts : collection of int
        First frames of shots: nothing is compared across them.
    has_truth : bool
        The source's colors are true.

    Returns
    -------
    dict of str to FilmScores
        For each film.

    Raises
    ------
    ValueError
        If the films are not equally long.
    """
    meters = {name: _FilmMeter() for name in films}
    before: Frame | None = None
    for index, (frame, *colored) in enumerate(zip(source, *films.values(), strict=True)):
        lightness = _shrink_to_lightness(frame)
        if index in cuts:
            before = None
        motion = None if before is None else measure_motion(before, lightness)
        for meter, image in zip(meters.values(), colored, strict=True):
            meter.add(image, motion, frame if has_truth else None)
        before = lightness
    return {name: meter.result() for name, meter in meters.items()}


def measure_divergence(first: Floats, second: Floats) -> float:
    """Compute the Jensen-Shannon divergence of two distributions, in nats.

    Parameters
    ----------
    first, second : ndarray of float32, shape (..., N)
        Each row sums to 1.

    Returns
    -------
    float
        Mean over rows: 0 is the same, log 2 is nothing in common.

    Examples
    --------
    >>> round(measure_divergence(np.float32([1, 0]), np.float32([0, 1])), 4)
    0.6931
    """
    mean = (first + second) / 2
    terms = [
        part * np.log(np.divide(part, mean, out=np.ones_like(part), where=part > 0)) / 2
        for part in (first, second)
    ]
    return float(np.sum(terms, axis=(0, -1)).mean())


def mean_known(values: Iterable[float]) -> float:
    """Compute the mean of what is not NaN; NaN where nothing is."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


class _FilmMeter:
    """Gathers one coloring's scores, frame by frame."""

    def __init__(self) -> None:
        self._lists: dict[str, list[float]] = {field.name: [] for field in fields(FilmScores)}
        self._shots: list[list[Floats]] = []
        self._start_shot()

    def _start_shot(self) -> None:
        self._past: deque[tuple[Floats, Floats]] = deque(maxlen=max(_DISTANCES) + 1)
        self._ab: Floats | None = None
        self._shots.append([])

    def add(self, image: Frame, motion: Motion | None, truth: Frame | None) -> None:
        """Measure a frame; one without motion starts a shot."""
        if motion is None:
            self._start_shot()
        rgb = _to_floats(image)
        ab = _shrink_to_ab(rgb)
        if motion is not None and self._ab is not None:
            self._lists["warp_error"].append(motion.measure_error(self._ab, ab))
        self._ab = ab
        self._shots[-1].append(ab.mean(axis=(0, 1)))
        self._add_histograms(_count_ab(ab), _count_rgb(image))
        self._lists["colorfulness"].append(measure_colorfulness(rgb))
        if truth is not None:
            self._lists["psnr_db"].append(measure_psnr(rgb, _to_floats(truth)))

    def _add_histograms(self, of_ab: Floats, of_rgb: Floats) -> None:
        self._past.appendleft((of_ab, of_rgb))
        for distance in _DISTANCES:
            if distance < len(self._past):
                earlier_ab, earlier_rgb = self._past[distance]
                self._lists["cdc"].append(measure_divergence(of_ab, earlier_ab))
                self._lists["cdc_rgb"].append(measure_divergence(of_rgb, earlier_rgb))

    def result(self) -> FilmScores:
        """Take the means."""
        shots = [np.stack(means) for means in self._shots if means]
        spread = [np.square(means - means.mean(axis=0)).sum(axis=-1) for means in shots]
        drift = float(np.sqrt(np.concatenate(spread).mean())) if spread else float("nan")
        means = {name: mean_known(values) for name, values in self._lists.items()}
        return FilmScores(**means | {"drift": drift})


def _to_floats(frame: Frame) -> Floats:
    return frame.astype(np.float32) / np.float32(255)


def _shrink_to_lightness(frame: Frame) -> Frame:
    lightness = rgb_to_lab(_shrink(_to_floats(frame)))[..., 0]
    return (lightness * np.float32(2.55)).round().astype(np.uint8)


def _shrink_to_ab(rgb: Floats) -> Floats:
    ab = np.ascontiguousarray(rgb_to_lab(_shrink(rgb))[..., 1:])
    return np.asarray(cv2.blur(ab, _WINDOW_PX), np.float32)


def _shrink(rgb: Floats) -> Floats:
    height, width = rgb.shape[:2]
    scale = min(1, _LONG_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32)


def _count_ab(ab: Floats) -> Floats:
    return _to_shares([np.histogram(ab[..., axis], _AB_EDGES)[0] for axis in (0, 1)])


def _count_rgb(image: Frame) -> Floats:
    return _to_shares([np.bincount(image[..., axis].ravel(), minlength=256) for axis in range(3)])


def _to_shares(counts: list[NDArray[np.int64]]) -> Floats:
    table = np.stack(counts).astype(np.float32)
    shares: Floats = table / table.sum(axis=-1, keepdims=True)
    return shares
