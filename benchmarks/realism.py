"""How often a coloring is taken for the real photo (fool rate; Zhang et al. 2016, section 3.1).

Their judges were people; ours is a small classifier (`benchmarks.judge`), trained on other photos
colored with the same methods. It knows statistics of color, not what things are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Draws, Estimate
from benchmarks.datasets import SET_OPTIONS, PhotoSet, open_set
from benchmarks.report import describe_colorizer, describe_run, format_table, publish
from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.cli.progress import Progress
from colorize_lab.color import join_lightness_chroma, rgb_to_lab
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import InputError, MissingExtraError
from colorize_lab.networks import installed_networks
from colorize_lab.networks.looks import LOOKS
from colorize_lab.opencv import cv2
from colorize_lab.plural import count_noun
from colorize_lab.presets import PRESETS, apply_preset

if TYPE_CHECKING:
    from benchmarks.judge import Judge

Floats = NDArray[np.float32]

GRAY, TRUTH = "gray", "truth"
NATURAL = "natural"
# Sums of float32 depend on the place in the batch; a photo must tie with itself.
SCORE_DIGITS = 4
# Of what the judge sees, in pixels.
SIDE = 64


@click.command("realism")
@SET_OPTIONS
@click.option(
    "--judge-set",
    metavar="NAME|FOLDER|ZIP",
    help="Other photos, to train the judge on; by default every second one of --set.",
)
@click.option(
    "--judge-photos",
    type=click.IntRange(2),
    default=600,
    show_default=True,
    help="Number of them, spread evenly over the set.",
)
@click.option("--network", "networks", multiple=True, help="By default each installed one.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Random seed.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
@click.pass_context
def command(
    context: click.Context,
    photos: PhotoSet,
    judge_set: str | None,
    judge_photos: int,
    networks: Sequence[str],
    seed: int,
    json_path: Path | None,
) -> None:
    """Measure how often colorings are taken for real photos by a trained judge."""
    if find_spec("torch") is None:
        raise MissingExtraError("realism needs PyTorch: pip install 'colorize-lab[benchmark]'")
    from benchmarks.judge import train_judge

    if judge_set is None:
        others, photos = split_set(photos)
    else:
        others = open_set(judge_set, context.params["data"], photos.side, judge_photos)
    names = networks or [network.spec.name for network in installed_networks()]
    methods = list_methods([Colorizer(name) for name in names])
    judge = train_judge(*make_pairs(others, methods), seed=seed)
    fooled = measure_fooled(photos, methods, judge)
    draws = Draws(len(photos))
    rates = {name: Estimate.from_scores(draws.score(row)) for name, row in fooled.items()}
    run = describe_run() | {
        f"network {name}": describe_colorizer(methods[label(name, NATURAL, 4)]) for name in names
    }
    report = {"fool_rate": {name: vars(rate) for name, rate in rates.items()}}
    publish(format_report(photos, others, rates), report, run, json_path)


def split_set(photos: PhotoSet) -> tuple[PhotoSet, PhotoSet]:
    """Split a set into every second photo and the others.

    Raises
    ------
    InputError
        If there is only one photo.
    """
    if len(photos) < 2:
        raise InputError(f"{photos.name} has one photo only; add more, or pass --judge-set")
    first, second = (replace(photos, files=photos.files[start::2]) for start in (0, 1))
    return first, second


def label(network: str, preset: str, looks: int) -> str:
    """Name a row of the table.

    Examples
    --------
    >>> label("compact", "vivid", 4), label("compact", "natural", 1)
    ('compact, vivid, 4 looks', 'compact, natural, 1 look')
    """
    return f"{network}, {preset}, {count_noun(looks, 'look')}"


def shrink_coloring(rgb: Floats) -> Floats:
    """Make the judge's input of a photo.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    ndarray of float32, shape (3, 64, 64)
        L*, a* and b*, each about -1..1.
    """
    small = cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    scaled = (rgb_to_lab(np.asarray(small, np.float32)) - (50, 0, 0)) / 50
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), np.float32)


def list_methods(colorizers: Sequence[Colorizer]) -> dict[str, Colorizer]:
    """List each number of looks with the default preset, and each preset with four looks."""
    settings = [(NATURAL, looks) for looks in LOOKS]
    settings += [(preset, 4) for preset in PRESETS if preset != NATURAL]
    return {
        label(colorizer.network.spec.name, preset, looks): colorizer.with_recipe(
            replace(apply_preset(Recipe(), preset), looks=looks)
        )
        for colorizer in colorizers
        for preset, looks in settings
    }


def drop_color(rgb: Floats) -> Floats:
    """Keep the lightness only."""
    lightness = rgb_to_lab(rgb)[..., 0]
    return join_lightness_chroma(lightness, np.zeros((*lightness.shape, 2), np.float32))


def color_with_all(gray: Floats, methods: Mapping[str, Colorizer]) -> dict[str, Floats]:
    """Color a photo with each method, as the judge sees it; presets share the network's looks."""
    photo = array_to_photo(gray)
    predicted: dict[tuple[str, int | None], AbDistribution] = {}
    colored = {}
    for name, colorizer in methods.items():
        key = colorizer.network.spec.name, colorizer.recipe.looks
        if key not in predicted:
            predicted[key] = colorizer.predict(photo)
        colored[name] = shrink_coloring(colorizer.decode(photo, predicted[key]).rgb)
    return colored


def make_pairs(
    photos: PhotoSet, methods: Mapping[str, Colorizer]
) -> tuple[list[Floats], list[Floats]]:
    """Make what the judge is trained on: real photos, and each colored with one method in turn."""
    real, made = [], []
    with Progress(len(photos), "coloring for the judge") as progress:
        for rgb, (name, colorizer) in zip(photos, cycle(methods.items()), strict=False):
            real.append(shrink_coloring(rgb))
            made.append(color_with_all(drop_color(rgb), {name: colorizer})[name])
            progress.advance()
    return real, made


def measure_fooled(
    photos: PhotoSet, methods: Mapping[str, Colorizer], judge: Judge
) -> dict[str, NDArray[np.float64]]:
    """Let the judge choose between each photo and each of its colorings.

    Returns
    -------
    dict of str to ndarray of float64, shape (photos,)
        In percent: 100 for a coloring that was taken for the real photo, 50 for a tie.
    """
    fooled: dict[str, list[float]] = {name: [] for name in (GRAY, *methods, TRUTH)}
    with Progress(len(photos), "coloring") as progress:
        for rgb in photos:
            real, gray = shrink_coloring(rgb), drop_color(rgb)
            shown = {GRAY: shrink_coloring(gray), **color_with_all(gray, methods), TRUTH: real}
            scores = judge.score([real, *shown.values()])
            for name, score in zip(shown, scores[1:], strict=True):
                lead = np.round(score - scores[0], SCORE_DIGITS)
                fooled[name].append(50 * (1 + float(np.sign(lead))))
            progress.advance()
    return {name: np.array(row) for name, row in fooled.items()}


def format_report(photos: PhotoSet, others: PhotoSet, rates: Mapping[str, Estimate]) -> str:
    """Write the table in Markdown."""
    table = format_table(
        ["method", "taken for the real photo, %"],
        [[name, rate.format(1)] for name, rate in rates.items()],
    )
    return (
        f"## Realism: {photos.name}, {len(photos)} photos\n\n{table}\n\n"
        f"The judge was trained on {len(others)} photos of {others.name}, each with one coloring "
        "of all methods in turn. 50 % is what the truth itself gets: nobody could tell them apart. "
        "In brackets 95 % intervals over the photos (bootstrap)."
    )
