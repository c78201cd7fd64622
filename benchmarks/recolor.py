"""Recoloring of photos whose color was damaged in a known way, and of real ones.

Against the damaged photo itself, levels, the white balances of OpenCV's xphoto, and plain
coloring of the gray that OpenCV makes of it. A method's L* counts too: what fading did to the
contrast is a part of the damage.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000

from benchmarks.bootstrap import Draws, Estimate
from benchmarks.damage_light import CASTS, FADINGS, STAGE_LIGHTS, add_border, light_stage
from benchmarks.datasets import SET_OPTIONS, PhotoSet
from benchmarks.recolor_real import measure_real
from benchmarks.recolor_rivals import INPUT, PLAIN, list_rivals
from benchmarks.report import (
    Aim,
    describe_colorizer,
    describe_run,
    format_table,
    publish,
)
from colorize_lab import Colorizer, array_to_photo
from colorize_lab.cli.progress import Progress
from colorize_lab.color import rgb_to_lab
from colorize_lab.recolor import Recoloring
from colorize_lab.recolor.verdict import Kind
from colorize_lab.treatment import recolor_photo

Floats = NDArray[np.float32]
Method = Callable[[Floats], Floats]
Scores = dict[str, list[float]]
"""For each method, the mean ΔE00 of each photo."""

BORDER, NONE = "print, cyan -55 %, black border", "none"
DAMAGES: dict[str, tuple[Kind, Method]] = {
    **{name: ("faded", damage) for name, damage in FADINGS.items()},
    BORDER: ("faded", lambda rgb: add_border(FADINGS["print, cyan -55 %, stain"](rgb))),
    **{name: ("cast", damage) for name, damage in CASTS.items()},
    **{
        f"LEDs, {name}": ("stage-light", partial(light_stage, light=light))
        for name, light in STAGE_LIGHTS.items()
    },
    NONE: ("sound", lambda rgb: rgb),
}
DECIDES, TOLD = "recolor", "recolor --as"


@click.command("recolor")
@SET_OPTIONS
@click.option("--network", default="compact", show_default=True)
@click.option(
    "--real",
    type=click.Path(path_type=Path),
    envvar="REAL_DAMAGE",
    help="A folder of folders of real photos, measured too; also from REAL_DAMAGE.",
)
@click.option("--sheets", type=click.Path(path_type=Path), help="Write before and after here.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    photos: PhotoSet, network: str, real: Path | None, sheets: Path | None, json_path: Path | None
) -> None:
    """Measure what recoloring makes of faded and badly lit photos."""
    logging.getLogger("colorize_lab").setLevel(logging.ERROR)  # not for each sound photo
    colorizer = Colorizer(network)
    scores = {}
    with Progress(len(DAMAGES) * len(photos), "recoloring") as progress:
        for name, (kind, damage) in DAMAGES.items():
            methods = list_methods(colorizer, kind)
            scores[name] = score_damage(photos, damage, methods, progress)
    run = describe_run() | {"network": network, "coloring": describe_colorizer(colorizer)}
    title = f"## {photos.name}: {len(photos)} photos at {photos.side} x {photos.side}"
    tables = [title, format_scores(scores), format_aims(scores)]
    if real is not None:
        tables.append(measure_real(real, colorizer, sheets))
    publish("\n\n".join(tables), {"scores": scores}, run, json_path)


def list_methods(colorizer: Colorizer, kind: Kind) -> dict[str, Method]:
    """List what is held against each other; of ours the one that decides, and the one told."""

    def recolor(rgb: Floats, recoloring: Recoloring) -> Floats:
        return recolor_photo(array_to_photo(rgb), colorizer, recoloring).photo.rgb

    methods = list_rivals(colorizer)
    methods[DECIDES] = partial(recolor, recoloring=Recoloring(strict=False))
    if kind != "sound":
        methods[TOLD] = partial(recolor, recoloring=Recoloring(treat_as=kind))
    return methods


def score_damage(
    photos: PhotoSet, damage: Method, methods: Mapping[str, Method], progress: Progress
) -> Scores:
    """Damage every photo, repair it by each method, and hold it against what it was."""
    scores: Scores = {name: [] for name in methods}
    for rgb in photos:
        damaged = damage(rgb)
        inside = (damaged - rgb).any(axis=2) | (damaged > 0.02).any(axis=2)
        for name, repair in methods.items():
            difference = deltaE_ciede2000(rgb_to_lab(repair(damaged)), rgb_to_lab(rgb))
            scores[name].append(float(difference[inside].mean()))
        progress.advance()
    return scores


def format_scores(scores: Mapping[str, Scores]) -> str:
    """Write the means in Markdown."""
    names = list(next(iter(scores.values())))
    rows = [
        [damage, *(f"{np.mean(row[n]):.2f}" if n in row else "" for n in names)]
        for damage, row in scores.items()
    ]
    return format_table(["ΔE00", *names], rows)


def format_aims(scores: Mapping[str, Scores]) -> str:
    """Hold the recoloring against the aims, with 95 % intervals over the photos."""
    rows = []
    for damage, row in scores.items():
        for title, estimate, aim in list_aims(damage, row):
            rows.append(
                [f"{damage}: {title}", estimate.format(2), str(aim), aim.judge(estimate.value)]
            )
    return format_table(["of recolor --as", "measured", "aim", ""], rows)


def list_aims(damage: str, row: Scores) -> list[tuple[str, Estimate, Aim]]:
    """List what is wanted of a damage: ratios of means."""
    if damage == NONE:
        return []
    if damage.startswith("LEDs"):
        return [("ΔE00 / plain coloring's", compare_means(row, PLAIN), Aim(at_most=1))]
    return [("ΔE00 / the input's", compare_means(row, INPUT), Aim(at_most=0.75))]


def compare_means(row: Scores, rival: str) -> Estimate:
    """Compute our mean over a rival's."""
    return Estimate.from_scores(Draws(len(row[TOLD])).score(row[TOLD], row[rival]))
