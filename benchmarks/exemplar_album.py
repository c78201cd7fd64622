"""An album made of frames of several clips: how far its colors agree, and how right they are.

The spread is measured on regions: each photo of a group is divided into blocks, and each block of
the others' cells that match it has a mean color. Matches are found by lightness and the network's
features alone, so they are the same for both colorings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import PhotoSet
from benchmarks.exemplar_pairs import read_clip, read_photos
from benchmarks.report import Aim, format_table
from benchmarks.scores import measure_psnr
from colorize_lab import Colorizer, array_to_photo
from colorize_lab.album import Arrangement, arrange_album
from colorize_lab.batch import OutputOptions, PhotoWork, plan_jobs
from colorize_lab.cli.progress import Progress
from colorize_lab.color import join_lightness_chroma, rgb_to_lab, rgb_to_lightness
from colorize_lab.guide.exemplar import Exemplar, find_matches
from colorize_lab.opencv import cv2
from colorize_lab.photo import read_photo, write_photo
from colorize_lab.treatment import Treatment

__all__ = ["measure_album", "measure_spread"]

Floats = NDArray[np.float32]

# A frame every other second of each clip, at most so many.
_STEP_S, _MOST = 2, 6
_ROWS, _COLUMNS = 6, 8
# Cells of a block that must match, and how far they must be trusted.
_FEWEST, _TRUST = 10, 0.5
AIM_SPREAD, AIM_PSNR = Aim(at_most=0.5), Aim(at_least=0)


@dataclass(frozen=True)
class Agreement:
    """A group, colored photo by photo and as an album.

    Attributes
    ----------
    name : str
        The clip of its first photo.
    photos : int
        How many.
    spread, album_spread : float
        Of the mean colors of matched regions, in a* and b*.
    psnr, album_psnr : float
        In dB, mean over the photos.
    """

    name: str
    photos: int
    spread: float
    album_spread: float
    psnr: float
    album_psnr: float


def measure_album(
    films: Sequence[Path], photos: PhotoSet, folder: Path, colorizer: Colorizer
) -> tuple[str, dict[str, Any]]:
    """Color an album of frames, and one of unrelated photos: Markdown, and the numbers."""
    frames = {
        f"{film.stem}-{number}": frame
        for film in films
        for number, frame in enumerate(read_clip(film)[::_STEP_S][:_MOST])
    }
    whole = {f"photo-{number}": rgb for number, rgb in enumerate(read_photos(photos))}
    agreements = color_album(frames, folder / "frames", colorizer)
    alarms = color_album(whole, folder / "unrelated", colorizer)
    numbers = {
        "groups": [vars(one) for one in agreements],
        "false_groups": [vars(one) for one in alarms],
    }
    table = format_album(agreements, len(frames))
    return f"{table}\n\n{format_alarms(alarms, photos)}", numbers


def color_album(
    truths_by_name: Mapping[str, Floats], folder: Path, colorizer: Colorizer
) -> list[Agreement]:
    """Write photos as a gray album, group it, and color each group of several both ways."""
    truths = write_album(truths_by_name, folder)
    jobs = plan_jobs([(path, folder) for path in truths], OutputOptions(folder / "results"))
    work = PhotoWork(Treatment(colorizer.recipe))
    arrangement = arrange_album(jobs, folder, work)
    agreements = []
    with Progress(len(truths), "album") as progress:
        for group in arrangement.groups:
            if len(group.photos) > 1:
                agreements.append(compare_group(group.photos, truths, arrangement, colorizer))
            progress.advance(len(group.photos))
    return agreements


def write_album(pictures: Mapping[str, Floats], folder: Path) -> dict[Path, Floats]:
    """Write pictures as gray photos; returns their true colors."""
    folder.mkdir()
    truths = {}
    for name, rgb in pictures.items():
        path = folder / f"{name}.png"
        lightness = rgb_to_lightness(rgb)
        gray = join_lightness_chroma(lightness, np.zeros((*lightness.shape, 2), np.float32))
        write_photo(array_to_photo(np.round(gray * 255).astype(np.uint8)), path)
        truths[path] = rgb
    return truths


def compare_group(
    photos: Sequence[Path],
    truths: Mapping[Path, Floats],
    arrangement: Arrangement,
    colorizer: Colorizer,
) -> Agreement:
    """Color the photos of a group one by one and as the album's plan says."""
    recipes = {job.source: job.recipe for job in arrangement.jobs}
    separate, together = [], []
    for path in photos:
        photo, recipe = read_photo(path), recipes[path]
        assert recipe is not None
        distribution = colorizer.predict(photo)
        separate.append(colorizer.decode(photo, distribution).rgb)
        together.append(colorizer.with_recipe(recipe).decode(photo, distribution).rgb)
    psnrs = (
        float(np.mean([measure_psnr(rgb, truths[p]) for p, rgb in zip(photos, way, strict=True)]))
        for way in (separate, together)
    )
    spreads = measure_spread([truths[path] for path in photos], [separate, together], colorizer)
    return Agreement(photos[0].stem.rpartition("-")[0], len(photos), *spreads, *psnrs)


def measure_spread(
    photos: Sequence[Floats], colorings: Sequence[Sequence[Floats]], colorizer: Colorizer
) -> list[float]:
    """Measure how far the colors of matched regions are apart in each coloring of some photos.

    Parameters
    ----------
    photos : sequence of ndarray of float32, shape (H, W, 3)
        What is matched, by lightness.
    colorings : sequence of sequences of ndarray of float32
        The same photos in other colors.
    colorizer : Colorizer
        Its network recognizes things.

    Returns
    -------
    list of float
        For each coloring the mean, over all regions, of the standard deviation of a region's mean
        color over the photos; 0 if no region matches.
    """
    means: dict[tuple[int, int], list[Floats]] = {}
    for here, there in permutations(range(len(photos)), 2):
        exemplar = Exemplar.from_photos(array_to_photo(photos[here]))
        match = find_matches(array_to_photo(photos[there]), exemplar, colorizer.see)
        rows, columns = (
            np.minimum((match.origin[..., 1 + axis] * count).astype(int), count - 1)
            for axis, count in enumerate((_ROWS, _COLUMNS))
        )
        own = shrink_colors([coloring[here] for coloring in colorings], (_ROWS, _COLUMNS))
        others = shrink_colors([coloring[there] for coloring in colorings], match.trust.shape)
        for block in range(_ROWS * _COLUMNS):
            found = (rows * _COLUMNS + columns == block) & (match.trust > _TRUST)
            if found.sum() >= _FEWEST:
                first = [own[:, block // _COLUMNS, block % _COLUMNS]]
                means.setdefault((here, block), first).append(others[:, found].mean(axis=1))
    # (colorings, a* and b*) of each photo of a region.
    deviations = [np.sqrt(np.var(region, axis=0).sum(axis=1)) for region in means.values()]
    counts = [len(region) for region in means.values()]
    if not means:
        return [0.0] * len(colorings)
    spreads: list[float] = np.average(deviations, axis=0, weights=counts).tolist()
    return spreads


def shrink_colors(colorings: Sequence[Floats], shape: tuple[int, ...]) -> Floats:
    """Average a* and b* of a photo's colorings on a grid: (colorings, rows, columns, 2)."""
    size = shape[1], shape[0]
    labs = (cv2.resize(rgb_to_lab(c), size, interpolation=cv2.INTER_AREA) for c in colorings)
    return np.stack([np.asarray(lab, np.float32)[..., 1:] for lab in labs])


def format_album(agreements: Sequence[Agreement], photos: int) -> str:
    """Write the table in Markdown, the means with their aims at its end."""
    rows = [
        [
            *(one.name, str(one.photos), f"{one.spread:.2f}", f"{one.album_spread:.2f}"),
            *(f"{one.album_spread / one.spread:.2f}", f"{one.psnr:.2f}", f"{one.album_psnr:.2f}"),
        ]
        for one in agreements
    ]
    weights = [one.photos for one in agreements]
    keys = ("spread", "album_spread", "psnr", "album_psnr")
    means = [np.average([getattr(a, key) for a in agreements], weights=weights) for key in keys]
    ratio, gain = float(means[1] / means[0]), float(means[3] - means[2])
    rows.append(
        [
            *("together", str(sum(weights)), f"{means[0]:.2f}", f"{means[1]:.2f}"),
            *(f"{ratio:.2f}", f"{means[2]:.2f}", f"{means[3]:.2f}"),
        ]
    )
    header = ["group", "photos", "spread", "as an album", "ratio", "PSNR, dB", "as an album"]
    return (
        f"### Album of {photos} frames, {len(agreements)} groups of several: spread of the mean "
        f"color of matched regions\n\n{format_table(header, rows)}\n\nRatio of the spreads, aim "
        f"{AIM_SPREAD}: {AIM_SPREAD.judge(ratio)}. Change of PSNR {gain:+.2f} dB, aim {AIM_PSNR}: "
        f"{AIM_PSNR.judge(gain)}."
    )


def format_alarms(alarms: Sequence[Agreement], photos: PhotoSet) -> str:
    """Say how many unrelated photos were grouped, and what that did to their colors."""
    weights = [one.photos for one in alarms]
    text = f"Of {len(photos)} unrelated photos of {photos.name}, {sum(weights)} came into groups"
    if not weights:
        return f"{text}."
    change = np.average([one.album_psnr - one.psnr for one in alarms], weights=weights)
    return f"{text}, which changed their PSNR by {change:+.2f} dB."
