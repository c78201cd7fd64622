"""A training sample: a part of a photo with damage, and where the damage is."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.training.scratches.damage import DAMAGE
from colorize_lab.training.scratches.look_alikes import LOOK_ALIKES

__all__ = ["make_batch", "make_sample"]

Floats: TypeAlias = NDArray[np.float32]
Random: TypeAlias = np.random.Generator

# Shares of the samples that are sound, and that get something that looks like damage.
_SOUND, _WITH_LOOK_ALIKE = 0.25, 0.5
# Damage that differs less than so many L* from the picture is not seen, and not taught.
_VISIBLE = 6.0
# Paper shows more often than a black backing.
_DARK = 0.2


def make_batch(
    photos: list[NDArray[np.uint8]], count: int, side: int, random: Random
) -> tuple[Floats, Floats]:
    """Make samples of photos that are drawn at random.

    Returns
    -------
    lightness, truth : ndarray of float32, shape (count, 1, side, side)
        L*, and 1 at damage, else 0.
    """
    chosen = random.integers(len(photos), size=count)
    samples = [make_sample(photos[number], side, random) for number in chosen]
    lightness, truth = zip(*samples, strict=True)
    return np.stack(lightness)[:, np.newaxis], np.stack(truth)[:, np.newaxis]


def make_sample(photo: NDArray[np.uint8], side: int, random: Random) -> tuple[Floats, Floats]:
    """Cut, tone, damage and film a part of a photo.

    Parameters
    ----------
    photo : ndarray of uint8, shape (H, W)
        L* in 255 levels.
    side : int
        In pixels.
    random : Generator

    Returns
    -------
    lightness, truth : ndarray of float32, shape (side, side)
        L*, and 1 at damage, else 0.
    """
    lightness = _change_tones(_cut(photo, side, random), random)
    if random.random() < _WITH_LOOK_ALIKE:
        draw = LOOK_ALIKES[random.integers(len(LOOK_ALIKES))]
        lightness = draw(lightness, random)
    truth = np.zeros((side, side), np.float32)
    if random.random() >= _SOUND:
        for _ in range(1 + random.poisson(1)):
            lightness, mask = _damage(lightness, random)
            truth = np.maximum(truth, mask)
    return _scan(lightness, random), truth


def _cut(photo: NDArray[np.uint8], side: int, random: Random) -> Floats:
    """Cut a part at a random scale: photos of the web are sharper than scans of old prints."""
    height, width = photo.shape
    part = int(min(height, width, side / random.choice([0.8, 1, 1.5, 2, 3])))
    top, left = random.integers(height - part + 1), random.integers(width - part + 1)
    cut = photo[top : top + part, left : left + part].astype(np.float32) * np.float32(1 / 2.55)
    cut = cut[:, ::-1] if random.random() < 0.5 else cut
    return np.asarray(
        np.clip(cv2.resize(cut, (side, side), interpolation=cv2.INTER_CUBIC), 0, 100), np.float32
    )


def _change_tones(lightness: Floats, random: Random) -> Floats:
    """Fade and brighten as prints do."""
    dark, bright = random.uniform(0, 30), random.uniform(60, 100)
    toned = (lightness / 100) ** np.exp(random.normal(0, 0.35))
    return np.asarray(dark + (bright - dark) * toned, np.float32)


def _damage(lightness: Floats, random: Random) -> tuple[Floats, Floats]:
    side = len(lightness)
    shares = np.array(list(DAMAGE.values()))
    draw = list(DAMAGE)[random.choice(len(shares), p=shares / shares.sum())]
    opacity = draw(side, random) * np.float32(random.uniform(0.45, 1))
    if random.random() < 0.5:
        opacity = np.asarray(
            cv2.GaussianBlur(opacity, (0, 0), random.uniform(0.4, 0.9)), np.float32
        )
    bright = max(float(np.percentile(lightness, 99)), random.uniform(70, 100))
    ink = random.uniform(0, 20) if random.random() < _DARK else bright
    paper = ink + random.normal(0, 2) * (opacity > 0.9)
    change = opacity * (paper.astype(np.float32) - lightness)
    return lightness + change, (np.abs(change) > _VISIBLE).astype(np.float32)


def _scan(lightness: Floats, random: Random) -> Floats:
    """Add the lens, the grain and the compression of a scan."""
    if random.random() < 0.6:
        blur = cv2.GaussianBlur(lightness, (0, 0), random.uniform(0.3, 1.0))
        lightness = np.asarray(blur, np.float32)
    grain = random.normal(0, 1, lightness.shape).astype(np.float32)
    if random.random() < 0.5:
        grain = 1.8 * np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.8), np.float32)
    lightness = lightness + np.float32(abs(random.normal(0, 1.5))) * grain
    levels = cv2.convertScaleAbs(np.clip(lightness, 0, 100), alpha=2.55)
    if random.random() < 0.5:
        quality = int(random.integers(40, 96))
        _, data = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        levels = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))
    return np.asarray(levels, np.float32) * np.float32(1 / 2.55)
