"""Gain from exemplars: colors of the same things in another picture (``--like``).

Pairs of the same scene are frames of a clip 1 to 5 s apart and crops of a photo; pairs of unrelated
photos show what a needless exemplar harms. The error is the RMSE of a* and b* in a picture.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Draws, Estimate
from benchmarks.datasets import SET_OPTIONS, PhotoSet
from benchmarks.exemplar_album import measure_album
from benchmarks.exemplar_figure import draw_examples
from benchmarks.exemplar_pairs import (
    LONG_SIDE,
    Pair,
    pair_clip,
    pair_crops,
    pair_unrelated,
    read_clip,
)
from benchmarks.exemplar_time import measure_time
from benchmarks.report import Aim, describe_colorizer, describe_run, format_table, publish
from benchmarks.video import list_clips
from colorize_lab import Colorizer, array_to_photo
from colorize_lab.cli.progress import Progress
from colorize_lab.color import rgb_to_lab
from colorize_lab.guide.exemplar import Exemplar
from colorize_lab.photo import write_photo

Floats = NDArray[np.float32]

CROPS, UNRELATED, SAME = "crops", "unrelated", "same scene"
AIM_SAME, AIM_UNRELATED = Aim(at_most=-30), Aim(at_most=1)
PARTS = ("pairs", "album", "time")


@dataclass(frozen=True)
class Outcome:
    """RMSE of a* and b* of one picture, colored automatically and like another."""

    automatic: float
    guided: float


@click.command("exemplars")
@SET_OPTIONS
@click.option(
    "--clips",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of films in color, whose frames are paired; without it only photos are.",
)
@click.option("--clip", "names", multiple=True, help="Only this film of the folder; repeatable.")
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="By default all.")
@click.option(
    "--rounds", type=click.IntRange(1), default=5, show_default=True, help="Rounds of timing."
)
@click.option("--network", default="compact", show_default=True)
@click.option(
    "--figure",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw examples here, of pictures that scikit-image brings.",
)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    photos: PhotoSet,
    clips: Path | None,
    names: Sequence[str],
    parts: Sequence[str],
    rounds: int,
    network: str,
    figure: Path | None,
    json_path: Path | None,
) -> None:
    """Measure what exemplars bring, and what they cost."""
    colorizer = Colorizer(network)
    if figure is not None:
        write_photo(array_to_photo(draw_examples(colorizer)), figure, overwrite=True)
    films = [] if clips is None else list_clips(clips, names)
    if "album" in parts and not films:
        raise click.UsageError("--part album requires --clips")
    tables, numbers = [], {}
    if "pairs" in parts or not parts:
        outcomes = measure_pairs(list_groups(photos, films), colorizer)
        tables.append(format_pairs(photos, outcomes))
        numbers["pairs"] = list_numbers(outcomes)
    if films and ("album" in parts or not parts):
        with tempfile.TemporaryDirectory() as folder:
            table, numbers["album"] = measure_album(films, photos, Path(folder), colorizer)
        tables.append(table)
    if "time" in parts or not parts:
        with tempfile.TemporaryDirectory() as folder:
            table, numbers["time"] = measure_time(Path(folder), network, rounds)
        tables.append(table)
    run = describe_run() | {"colorizer": describe_colorizer(colorizer)}
    publish("\n\n".join(tables), numbers, run, json_path)


def list_groups(photos: PhotoSet, films: Sequence[Path]) -> dict[str, list[Pair]]:
    """Gather the pairs of each kind; a film without color or with a single frame has none."""
    groups = {film.stem: list(pair_clip(read_clip(film))) for film in films}
    groups |= {CROPS: list(pair_crops(photos)), UNRELATED: list(pair_unrelated(photos))}
    return {name: pairs for name, pairs in groups.items() if pairs}


def measure_pairs(
    groups: Mapping[str, Sequence[Pair]], colorizer: Colorizer
) -> dict[str, list[Outcome]]:
    """Color every target without and with its exemplar."""
    outcomes: dict[str, list[Outcome]] = {}
    with Progress(sum(map(len, groups.values())), "coloring") as progress:
        for name, pairs in groups.items():
            outcomes[name] = []
            for pair in pairs:
                outcomes[name].append(measure_pair(pair, colorizer))
                progress.advance()
    return outcomes


def measure_pair(pair: Pair, colorizer: Colorizer) -> Outcome:
    """Color a picture without and with an exemplar."""
    photo = array_to_photo(pair.target)
    exemplar = Exemplar.from_photos(array_to_photo(pair.exemplar))
    guided = colorizer.with_recipe(replace(colorizer.recipe, guides=(exemplar,)))
    distribution = colorizer.predict(photo)
    automatic, like = (c.decode(photo, distribution).rgb for c in (colorizer, guided))
    return Outcome(measure_rmse(automatic, pair.target), measure_rmse(like, pair.target))


def measure_rmse(rgb: Floats, true_rgb: Floats) -> float:
    """Compute the RMSE of a* and b* over a picture's pixels."""
    error = (rgb_to_lab(rgb) - rgb_to_lab(true_rgb))[..., 1:]
    return float(np.sqrt(np.square(error).mean()))


def compare_outcomes(outcomes: Sequence[Outcome]) -> Estimate:
    """Compute by how many percent exemplars change the mean error."""
    guided = [outcome.guided for outcome in outcomes]
    ratio = Draws(len(outcomes)).score(guided, [outcome.automatic for outcome in outcomes])
    return Estimate.from_scores(100 * (ratio - 1))


def join_same(outcomes: Mapping[str, Sequence[Outcome]]) -> list[Outcome]:
    """Gather all pairs of the same scene."""
    return [one for name, group in outcomes.items() if name != UNRELATED for one in group]


def format_pairs(photos: PhotoSet, outcomes: Mapping[str, Sequence[Outcome]]) -> str:
    """Write the table in Markdown, the aims at its end."""
    unrelated = {UNRELATED: outcomes[UNRELATED]} if UNRELATED in outcomes else {}
    groups = {n: o for n, o in outcomes.items() if n != UNRELATED}
    rows = [format_group(name, group) for name, group in groups.items()]
    rows += [format_group(SAME, join_same(outcomes), AIM_SAME)]
    rows += [format_group(name, group, AIM_UNRELATED) for name, group in unrelated.items()]
    header = ["pairs", "", "automatic", "like the exemplar", "change, %", "worse", "aim", ""]
    return (
        f"### Pairs of pictures, long side {LONG_SIDE}, photos of {photos.name}: RMSE of a* and "
        f"b*\n\n{format_table(header, rows)}\n\nIn brackets 95 % intervals over the pairs "
        "(bootstrap). Worse: share of pairs whose error grows by more than 1 %."
    )


def format_group(name: str, outcomes: Iterable[Outcome], aim: Aim | None = None) -> list[str]:
    """Write a row."""
    group = list(outcomes)
    change = compare_outcomes(group)
    means = (np.mean([getattr(one, key) for one in group]) for key in ("automatic", "guided"))
    worse = np.mean([one.guided > 1.01 * one.automatic for one in group])
    verdict = ["", ""] if aim is None else [str(aim), aim.judge(change.value)]
    return [
        *(name, str(len(group)), *(f"{mean:.2f}" for mean in means)),
        *(change.format(1), f"{worse:.0%}", *verdict),
    ]


def list_numbers(outcomes: Mapping[str, Sequence[Outcome]]) -> dict[str, Any]:
    """Gather the errors of every pair for JSON."""
    return {name: [vars(one) for one in group] for name, group in outcomes.items()}
