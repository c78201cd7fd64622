"""Gain from color hints, by their number (the protocol of Zhang et al. 2017, figure 6).

A hint is the mean true color of 7 x 7 pixels at a random place. Beside colorize-lab stands
propagation alone, as in Levin et al. 2004: the same solve, and no network.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000

from benchmarks.bootstrap import Draws, Estimate
from benchmarks.datasets import SET_OPTIONS, PhotoSet
from benchmarks.network_hints import parse_counts
from benchmarks.plot import Curve, draw_curves, write_plot
from benchmarks.report import Aim, describe_run, format_table, publish
from benchmarks.scores import measure_psnr
from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.chroma import upsample_chroma
from colorize_lab.cli.options import RECIPE_OPTIONS
from colorize_lab.cli.progress import Progress
from colorize_lab.color import join_lightness_chroma, load_bins, rgb_to_lab
from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.hint import Hint
from colorize_lab.hints.pins import gather_pins
from colorize_lab.hints.spread import spread_pins
from colorize_lab.opencv import cv2

Floats = NDArray[np.float32]
Method = Callable[[Floats, Sequence[Hint]], Floats]

# Zhang et al. 2017, section 4.1.
HINT_SIDE = 7
COUNTS = "0,1,2,5,10,50,100,500"
# Gains over none, in dB.
AIMS = {10: Aim(at_least=2.5), 100: Aim(at_least=6)}
OURS, ALONE = "colorize-lab", "propagation alone"
# Of a distribution that knows nothing: a grid as fine as the solve's.
ALONE_SIDE = 64
# The second run with other hints: a preview of 1 megapixel, and the time it should take.
PREVIEW_SIDE, ROUNDS = 1000, 7
AIM_MS = Aim(at_most=150)


@dataclass(frozen=True)
class Scores:
    """Measurements of each photo, by one method with one number of hints."""

    psnr: list[float] = field(default_factory=list)
    de00: list[float] = field(default_factory=list)


ScoreTable = Mapping[tuple[str, int], Scores]


@click.command("hints")
@SET_OPTIONS
@click.option("--counts", default=COUNTS, show_default=True, callback=parse_counts)
@click.option("--network", default="compact", show_default=True)
@RECIPE_OPTIONS
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the curves into this PNG.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    photos: PhotoSet,
    counts: Sequence[int],
    network: str,
    recipe: Recipe,
    plot: Path | None,
    json_path: Path | None,
) -> None:
    """Measure what random color hints bring, by their number."""
    colorizer = Colorizer(network, recipe=recipe)

    def color(rgb: Floats, hints: Sequence[Hint]) -> Floats:
        hinted = colorizer.with_recipe(replace(recipe, hints=tuple(hints)))
        return hinted.colorize(array_to_photo(rgb)).rgb

    scores = measure_hints(photos, {OURS: color, ALONE: propagate_alone}, counts)
    times = {count: time_second_run(photos, colorizer, recipe, count) for count in counts if count}
    run = describe_run() | {"network": network, "recipe": colorizer.recipe.to_json()}
    title = f"## {photos.name}: {len(photos)} photos at {photos.side} x {photos.side}"
    table = format_scores(scores, counts, Draws(len(photos)))
    if plot is not None:
        curves = [Curve(m, [average(scores[m, n].psnr) for n in counts]) for m in (OURS, ALONE)]
        places = [str(count) for count in counts]
        write_plot(draw_curves(curves, places, x_title="hints", y_title="PSNR, dB"), plot)
    report = {
        method: {n: {k: average(v) for k, v in vars(scores[method, n]).items()} for n in counts}
        for method in (OURS, ALONE)
    }
    tables = f"{title}\n\n{table}\n\n{format_times(times)}"
    publish(tables, {"hints": report, "second_run_ms": times}, run, json_path)


def measure_hints(
    photos: PhotoSet, methods: Mapping[str, Method], counts: Sequence[int]
) -> ScoreTable:
    """Color each photo by each method with each number of hints."""
    scores = {(method, count): Scores() for method in methods for count in counts}
    with Progress(len(photos), "coloring") as progress:
        for seed, rgb in enumerate(photos):
            lab = rgb_to_lab(rgb)
            # The first hints are the same for every number of them.
            hints = draw_hints(lab, max(counts), np.random.default_rng(seed))
            for (method, count), found in scores.items():
                colored = methods[method](rgb, hints[:count])
                found.psnr.append(measure_psnr(colored, rgb))
                found.de00.append(float(deltaE_ciede2000(rgb_to_lab(colored), lab).mean()))
            progress.advance()
    return scores


def draw_hints(lab: Floats, count: int, rng: np.random.Generator) -> list[Hint]:
    """Reveal the true color, as the mean of 7 x 7 pixels, of random places."""
    height, width = lab.shape[:2]
    half = HINT_SIDE // 2
    places = rng.integers((half, half), (height - half, width - half), size=(count, 2))
    hints = []
    for y, x in places:
        patch = lab[y - half : y + half + 1, x - half : x + half + 1]
        mean = patch.mean(axis=(0, 1)).reshape(1, 1, 3)
        rgb = join_lightness_chroma(mean[..., 0], mean[..., 1:])[0, 0]
        color = "#" + "".join(f"{round(255 * float(level)):02x}" for level in rgb)
        hints.append(Hint(int(x), int(y), color, half))
    return hints


def propagate_alone(rgb: Floats, hints: Sequence[Hint]) -> Floats:
    """Color a photo by its hints, and by no network."""
    lightness = np.ascontiguousarray(rgb_to_lab(rgb)[..., 0])
    if not hints:
        return join_lightness_chroma(lightness, np.zeros((*lightness.shape, 2), np.float32))
    bins = load_bins()
    unsure = np.zeros((len(bins), ALONE_SIDE, ALONE_SIDE), np.float32)
    pins = gather_pins(hints, *lightness.shape)
    spread = spread_pins(pins, lightness, AbDistribution.from_logits(unsure, bins))
    return join_lightness_chroma(lightness, upsample_chroma(spread.ab, lightness))


def time_second_run(photos: PhotoSet, colorizer: Colorizer, recipe: Recipe, count: int) -> float:
    """Time what comes after the network, for a large photo with new hints: the median, in ms."""
    enlarged = cv2.resize(next(iter(photos)), (PREVIEW_SIDE, PREVIEW_SIDE))
    first = np.asarray(enlarged, np.float32)
    photo = array_to_photo(first)
    distribution = colorizer.predict(photo)
    seconds = []
    for seed in range(ROUNDS):
        hints = draw_hints(rgb_to_lab(first), count, np.random.default_rng(seed))
        hinted = colorizer.with_recipe(replace(recipe, hints=tuple(hints)))
        start = time.perf_counter()
        hinted.decode(photo, distribution)
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds) * 1000)


def average(values: Sequence[float]) -> float:
    """Return the mean."""
    return float(np.mean(values))


def format_scores(scores: ScoreTable, counts: Sequence[int], draws: Draws) -> str:
    """Write the table of the numbers of hints."""
    psnr = {count: draws.score(scores[OURS, count].psnr) for count in counts}
    rows = []
    for count in counts:
        gain = Estimate.from_scores(psnr[count] - psnr[0])
        aim = AIMS.get(count)
        rows.append(
            [
                str(count),
                Estimate.from_scores(psnr[count]).format(2),
                gain.format(2),
                "" if aim is None else f"{aim}, {aim.judge(gain.value)}",
                f"{average(scores[OURS, count].de00):.2f}",
                f"{average(scores[ALONE, count].psnr):.2f}",
                f"{average(scores[ALONE, count].de00):.2f}",
            ]
        )
    header = ["hints", "PSNR, dB", "above none", "aim", "ΔE00", f"{ALONE}: PSNR", "ΔE00"]
    rises = all(psnr[n][0] > psnr[m][0] for m, n in pairwise(counts))
    return (
        f"{format_table(header, rows)}\n\nIn brackets 95 % intervals over the photos (bootstrap, "
        f"paired for gains). PSNR rises with each step: {'yes' if rises else 'no'}."
    )


def format_times(times: Mapping[int, float]) -> str:
    """Write the table of the second run with other hints."""
    rows = [[str(n), f"{ms:.0f}", f"{AIM_MS}, {AIM_MS.judge(ms)}"] for n, ms in times.items()]
    return format_table(["hints", "second run, 1 MP, ms", "aim"], rows)
