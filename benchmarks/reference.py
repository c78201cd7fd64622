"""Gain from a photo's own colors as its reference (the global hints of Zhang et al. 2017).

The reference knows which colors there are and how much of each, and nothing of where: the most
that the best of references could tell. The distance of two photos' colors is the Jensen-Shannon
divergence of their histograms over the bins, in nats: 0 is equal, 0.69 has nothing in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon

from benchmarks.bootstrap import Draws, Estimate
from benchmarks.datasets import SET_OPTIONS, PhotoSet
from benchmarks.report import Aim, describe_run, format_table, publish
from benchmarks.scores import measure_psnr
from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.cli.options import RECIPE_OPTIONS
from colorize_lab.cli.progress import Progress
from colorize_lab.color import load_bins
from colorize_lab.guide.match import colors_to_histogram
from colorize_lab.guide.reference import Reference, count_colors, sample_colors

Floats = NDArray[np.float32]

AIM_GAIN, AIM_DISTANCE = Aim(at_least=1.5), Aim(at_most=0.5)


@dataclass(frozen=True)
class Outcome:
    """Measurements of one photo.

    Attributes
    ----------
    psnr, guided_psnr : float
        Without and with its reference, in dB.
    distance, guided_distance : float
        From its true colors, in nats.
    """

    psnr: float
    guided_psnr: float
    distance: float
    guided_distance: float


@click.command("reference")
@SET_OPTIONS
@click.option(
    "--strength", default=1.0, show_default=True, help="Strength of the reference, 0 to 1."
)
@click.option("--network", default="compact", show_default=True)
@RECIPE_OPTIONS
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    photos: PhotoSet, strength: float, network: str, recipe: Recipe, json_path: Path | None
) -> None:
    """Measure what a photo's own colors bring as its reference."""
    colorizer = Colorizer(network, recipe=recipe)
    outcomes = []
    with Progress(len(photos), "coloring") as progress:
        for rgb in photos:
            outcomes.append(measure_photo(rgb, colorizer, recipe, strength))
            progress.advance()
    scores = score_outcomes(outcomes)
    run = describe_run() | {"network": network, "recipe": colorizer.recipe.to_json()}
    title = f"## {photos.name}: {len(photos)} photos at {photos.side} x {photos.side}"
    tables = f"{title}\n\n{format_report(scores, outcomes)}"
    numbers = {name: vars(estimate) for name, estimate in scores.items()}
    rows = [vars(outcome) for outcome in outcomes]
    report = {"strength": strength, "reference": numbers, "photos": rows}
    publish(tables, report, run, json_path)


def measure_photo(rgb: Floats, colorizer: Colorizer, recipe: Recipe, strength: float) -> Outcome:
    """Color a photo without and with its own colors as reference."""
    photo = array_to_photo(rgb)
    reference = Reference(("its own",), count_colors(sample_colors(rgb)), strength)
    guided = colorizer.with_recipe(replace(recipe, guides=(reference,)))
    distribution = colorizer.predict(photo)
    plain_rgb, guided_rgb = (c.decode(photo, distribution).rgb for c in (colorizer, guided))
    return Outcome(
        measure_psnr(plain_rgb, rgb),
        measure_psnr(guided_rgb, rgb),
        measure_distance(plain_rgb, rgb),
        measure_distance(guided_rgb, rgb),
    )


def measure_distance(rgb: Floats, true_rgb: Floats) -> float:
    """Compute the Jensen-Shannon divergence of two photos' histograms, in nats."""
    histograms = (colors_to_histogram(sample_colors(p), load_bins()) for p in (rgb, true_rgb))
    return float(jensenshannon(*histograms) ** 2)


def score_outcomes(outcomes: Sequence[Outcome]) -> dict[str, Estimate]:
    """Compute the means over the photos, and the ratio of the mean distances."""
    draws = Draws(len(outcomes))
    columns = {
        key: draws.score([getattr(outcome, key) for outcome in outcomes])
        for key in vars(outcomes[0])
    }
    columns["gain"] = columns["guided_psnr"] - columns["psnr"]
    columns["distance_ratio"] = columns["guided_distance"] / columns["distance"]
    return {key: Estimate.from_scores(values) for key, values in columns.items()}


def format_report(scores: Mapping[str, Estimate], outcomes: Sequence[Outcome]) -> str:
    """Write the table in Markdown, with what means hide below it."""
    gain, ratio = scores["gain"], scores["distance_ratio"]
    rows = [
        ["PSNR, dB", *(scores[k].format(2) for k in ("psnr", "guided_psnr")), gain.format(2)],
        ["distance", *(scores[k].format(3) for k in ("distance", "guided_distance"))],
    ]
    rows[0] += [str(AIM_GAIN), AIM_GAIN.judge(gain.value)]
    rows[1] += [f"x {ratio.format(2)}", f"x {AIM_DISTANCE}", AIM_DISTANCE.judge(ratio.value)]
    table = format_table(["", "automatic", "own colors", "change", "aim", ""], rows)
    gains = [o.guided_psnr - o.psnr for o in outcomes]
    halved = np.mean([o.guided_distance <= 0.5 * o.distance for o in outcomes])
    worse = np.mean(np.array(gains) < 0)
    return (
        f"{table}\n\nIn brackets 95 % intervals over the photos (bootstrap, paired for changes). "
        f"The median gain is {np.median(gains):.2f} dB; {worse:.0%} of the photos lose. In "
        f"{halved:.0%} the distance at least halves."
    )
