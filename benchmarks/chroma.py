"""How well chroma is brought to full size: true chroma, shrunk to a coarse grid and enlarged.

What a network would get wrong has no part in this.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import SET_OPTIONS, PhotoSet
from benchmarks.report import describe_run, format_table, publish
from colorize_lab.chroma import upsample_chroma
from colorize_lab.cli.progress import Progress
from colorize_lab.color import rgb_to_lab
from colorize_lab.opencv import cv2

Floats = NDArray[np.float32]
Upsampler = Callable[[Floats, Floats], Floats]
"""From ab (h, w, 2) and L* (H, W) to ab (H, W, 2)."""

# The tenth of a photo with the steepest chroma, and what is within 3 pixels of it.
_STEEPEST_PERCENT = 10
_AROUND = np.ones((7, 7), np.uint8)


@click.command("chroma")
@SET_OPTIONS
@click.option("--cells", type=click.IntRange(1), default=64, show_default=True, help="Grid's side.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(photos: PhotoSet, cells: int, json_path: Path | None) -> None:
    """Measure how well coarse chroma is brought to full size."""
    with Progress(len(photos) * len(METHODS), "chroma") as progress:
        scores = {
            name: score_method(upsample, photos, cells, progress)
            for name, upsample in METHODS.items()
        }
    run = describe_run()
    header = ["method", "RMSE near edges of color", "RMSE everywhere", "ms a photo"]
    rows = [[name, *(f"{score:.2f}" for score in row)] for name, row in scores.items()]
    title = f"## {photos.name}, {len(photos)} photos of side {photos.side}, {cells} cells"
    tables = f"{title}\n\n{format_table(header, rows)}"
    publish(tables, {"header": header, "scores": scores}, run, json_path)


def score_method(
    upsample: Upsampler, photos: PhotoSet, cells: int, progress: Progress
) -> tuple[float, float, float]:
    """Return the RMSE near edges of color, that everywhere, and milliseconds a photo."""
    near_edges, everywhere, seconds = [], [], 0.0
    for rgb in photos:
        lab = rgb_to_lab(rgb)
        lightness, true_ab = lab[..., 0].copy(), lab[..., 1:].copy()
        coarse = cv2.resize(true_ab, (cells, cells), interpolation=cv2.INTER_AREA)
        start = time.perf_counter()
        ab = upsample(np.asarray(coarse, np.float32), lightness)
        seconds += time.perf_counter() - start
        errors = np.square(ab - true_ab).sum(axis=-1)
        near_edges.append(errors[find_edges(true_ab)].mean())
        everywhere.append(errors.mean())
        progress.advance()
    rmse = [float(np.sqrt(np.mean(errors))) for errors in (near_edges, everywhere)]
    return rmse[0], rmse[1], 1000 * seconds / len(photos)


def find_edges(ab: Floats) -> NDArray[np.bool_]:
    """Mark the surroundings of the steepest changes of chroma."""
    smooth = cv2.GaussianBlur(ab, (0, 0), 1)
    slopes = [cv2.Sobel(smooth, cv2.CV_32F, *order) for order in ((1, 0), (0, 1))]
    steepness = np.square(slopes).sum(axis=(0, -1))
    steep = steepness > np.percentile(steepness, 100 - _STEEPEST_PERCENT)
    return cv2.dilate(steep.astype(np.uint8), _AROUND).astype(bool)


def enlarge(ab: Floats, lightness: Floats, interpolation: int = cv2.INTER_LINEAR) -> Floats:
    """Enlarge without a look at the lightness."""
    size = lightness.shape[1], lightness.shape[0]
    return np.asarray(cv2.resize(ab, size, interpolation=interpolation), np.float32)


def back_project(upsample: Upsampler) -> Upsampler:
    """Let a method be followed by two rounds of adding what the coarse grid still misses."""

    def upsample_and_correct(ab: Floats, lightness: Floats) -> Floats:
        full = upsample(ab, lightness)
        for _ in range(2):
            reached = cv2.resize(full, ab.shape[1::-1], interpolation=cv2.INTER_AREA)
            full = full + enlarge(ab - reached, lightness)
        return full

    return upsample_and_correct


def filter_guided(ab: Floats, lightness: Floats) -> Floats:
    """Apply the guided filter (He et al. 2010) to bilinear chroma."""
    radius = max(2, lightness.shape[1] // ab.shape[1] // 2)
    return np.asarray(
        cv2.ximgproc.guidedFilter(lightness, enlarge(ab, lightness), radius, eps=20), np.float32
    )


def filter_bilaterally(ab: Floats, lightness: Floats) -> Floats:
    """Apply the joint bilateral filter to bilinear chroma."""
    reach = 0.75 * lightness.shape[1] / ab.shape[1]
    filtered = [
        cv2.ximgproc.jointBilateralFilter(lightness, plane.copy(), 0, 10, reach)
        for plane in np.moveaxis(enlarge(ab, lightness), -1, 0)
    ]
    return np.asarray(np.dstack(filtered), np.float32)


def average_two(ab: Floats, lightness: Floats) -> Floats:
    """Average joint bilateral and cubic chroma, each back-projected."""

    def enlarge_cubically(ab: Floats, lightness: Floats) -> Floats:
        return enlarge(ab, lightness, cv2.INTER_CUBIC)

    methods = [back_project(filter_bilaterally), back_project(enlarge_cubically)]
    return np.asarray(np.mean([method(ab, lightness) for method in methods], axis=0), np.float32)


METHODS: dict[str, Upsampler] = {
    "bilinear": enlarge,
    "guided filter": filter_guided,
    "guided filter, back-projected": back_project(filter_guided),
    "joint bilateral and cubic, back-projected": average_two,
    "upsample_chroma": upsample_chroma,
}
