"""Gain from color hints, given to the network alone (Zhang et al. 2017, figure 6).

A hint is the mean true color of 7 x 7 pixels at a random place, put into the network's second
input; nothing else knows of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Draws, Estimate
from benchmarks.datasets import SET_OPTIONS, PhotoSet
from benchmarks.report import (
    Aim,
    describe_colorizer,
    describe_run,
    format_table,
    publish,
)
from benchmarks.scores import measure_psnr
from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.cli.options import RECIPE_OPTIONS
from colorize_lab.cli.progress import Progress
from colorize_lab.color import rgb_to_lab
from colorize_lab.distribution import AbDistribution

Floats = NDArray[np.float32]

# Zhang et al. 2017, section 4.1.
HINT_SIDE = 7
NONE = 0
# Of ten hints over none, in dB.
AIM_COUNT, AIM = 10, Aim(at_least=2)


def parse_counts(context: click.Context, option: click.Parameter, text: str) -> list[int]:
    """Read numbers of hints; none is always among them, to compare with."""
    try:
        counts = {int(part) for part in text.split(",")} | {NONE}
    except ValueError as error:
        raise click.BadParameter("give numbers with commas, as in 0,1,10") from error
    if min(counts) < 0:
        raise click.BadParameter("a number of hints is 0 or more")
    return sorted(counts)


@click.command("network-hints")
@SET_OPTIONS
@click.option("--counts", default="0,1,10,100", show_default=True, callback=parse_counts)
@click.option("--network", default="compact", show_default=True)
@RECIPE_OPTIONS
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    photos: PhotoSet, counts: Sequence[int], network: str, recipe: Recipe, json_path: Path | None
) -> None:
    """Measure what random color hints bring, given to the network alone."""
    colorizer = Colorizer(network, recipe=recipe)
    psnr = measure_counts(photos, colorizer, counts)
    draws = Draws(len(photos))
    scores = {count: draws.score(psnr[count]) for count in counts}
    values = {count: Estimate.from_scores(scores[count]) for count in counts}
    gains = {count: Estimate.from_scores(scores[count] - scores[NONE]) for count in counts}
    run = describe_run() | {f"network {network}": describe_colorizer(colorizer)}
    title = f"## {photos.name}: {len(photos)} photos at {photos.side} x {photos.side}"
    report = {
        str(count): {"psnr_db": vars(values[count]), "gain_db": vars(gains[count])}
        for count in counts
    }
    publish(f"{title}\n\n{format_report(values, gains)}", {"hints": report}, run, json_path)


def measure_counts(
    photos: PhotoSet, colorizer: Colorizer, counts: Sequence[int]
) -> dict[int, list[float]]:
    """Measure the PSNR of each photo for each number of hints, in dB."""
    psnr: dict[int, list[float]] = {count: [] for count in counts}
    with Progress(len(photos), "coloring") as progress:
        for seed, rgb in enumerate(photos):
            for count, hinted in color_with_hints(rgb, colorizer, counts, seed):
                psnr[count].append(measure_psnr(hinted, rgb))
            progress.advance()
    return psnr


def color_with_hints(
    rgb: Floats, colorizer: Colorizer, counts: Sequence[int], seed: int
) -> Iterator[tuple[int, Floats]]:
    """Color a photo with more and more hints: each number with the photo that comes out."""
    lab = rgb_to_lab(rgb)
    for count in counts:
        # The seed is the same, so that the first hints are as well.
        hints = draw_hints(lab[..., 1:], count, np.random.default_rng(seed))
        logits = colorizer.network.logits(np.ascontiguousarray(lab[..., 0]), hints)
        distribution = AbDistribution.from_logits(logits, colorizer.bins)
        yield count, colorizer.decode(array_to_photo(rgb), distribution).rgb


def draw_hints(ab: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Reveal true color at random places.

    Parameters
    ----------
    ab : ndarray of float32, shape (H, W, 2)
        True a* and b*.
    count : int
        Number of places.
    rng : Generator
        Draws them.

    Returns
    -------
    ndarray of float32, shape (3, H, W)
        The network's second input: a*, b* and mask; zero where nothing is revealed.
    """
    height, width = ab.shape[:2]
    hints = np.zeros((3, height, width), np.float32)
    places = (height - HINT_SIDE + 1, width - HINT_SIDE + 1)
    for top, left in rng.integers(places, size=(count, 2)):
        rows, columns = slice(top, top + HINT_SIDE), slice(left, left + HINT_SIDE)
        mean = ab[rows, columns].mean(axis=(0, 1))
        hints[:, rows, columns] = np.array([*mean, 1], np.float32)[:, np.newaxis, np.newaxis]
    return hints


def format_report(values: Mapping[int, Estimate], gains: Mapping[int, Estimate]) -> str:
    """Write the table in Markdown."""
    rows = []
    for count, value in values.items():
        verdict = AIM.judge(gains[count].value) if count == AIM_COUNT else ""
        aim = str(AIM) if count == AIM_COUNT else ""
        rows.append([str(count), value.format(2), gains[count].format(2), aim, verdict])
    table = format_table(["hints", "PSNR, dB", "above none", "aim", ""], rows)
    return f"{table}\n\nIn brackets 95 % intervals over the photos (bootstrap, paired for gains)."
