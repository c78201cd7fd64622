"""How right and how colorful the colors are, as Zhang et al. 2016 measure it.

Each photo is made gray, colored by the library as a user's photo would be, and held against its
true colors; so are leaving it gray and giving every pixel the mean color of the set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

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
from benchmarks.scores import METRICS, TruePhoto, score_set
from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.cli.options import RECIPE_OPTIONS
from colorize_lab.cli.progress import Progress
from colorize_lab.color import join_lightness_chroma, rgb_to_lab, rgb_to_lightness
from colorize_lab.networks import installed_networks
from colorize_lab.networks.looks import LOOKS
from colorize_lab.plural import count_noun
from colorize_lab.presets import PRESETS, apply_preset

Floats = NDArray[np.float32]
Method = Callable[[Floats], Floats]
"""From a gray photo, (H, W, 3), to a colored one."""
SetScores = Mapping[str, NDArray[np.float64]]

GRAY, MEAN = "gray", "mean color"

# What is held against one plain pass.
CHANGES = {
    "ab_rmse": "ab RMSE",
    "auc_raw": "AuC raw, %",
    "auc_balanced": "AuC balanced, %",
    "patchiness": "patches",
}
# Of the final network, with its defaults; the two AuC and the RMSE against gray.
AIMS = {
    "auc_raw_gain": ("raw AuC above gray's", Aim(at_least=1.3)),
    "auc_balanced_gain": ("balanced AuC above gray's", Aim(at_least=6.5)),
    "ab_rmse_drop": ("ab RMSE below gray's, %", Aim(at_least=15)),
    "colorfulness_ratio": ("colorfulness of the truth's", Aim(at_least=0.6, at_most=1.1)),
}


@click.command("quality")
@SET_OPTIONS
@click.option("--network", "networks", multiple=True, help="By default each installed one.")
@RECIPE_OPTIONS
@click.option("--preset", type=click.Choice([*PRESETS]), default="natural", show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    photos: PhotoSet,
    networks: Sequence[str],
    recipe: Recipe,
    preset: str,
    json_path: Path | None,
) -> None:
    """Measure how right and how colorful the networks' colors are."""
    recipe = apply_preset(recipe, preset)
    names = networks or [network.spec.name for network in installed_networks()]
    colorizers = {label: look for name in names for label, look in load_looks(name, recipe).items()}
    methods = {
        GRAY: lambda gray: gray,
        MEAN: give_color(measure_mean_ab(photos)),
        **{name: give_network(colorizer) for name, colorizer in colorizers.items()},
    }
    scores = score_methods(photos, methods)
    gains = {name: compare_scores(scores[name], scores[GRAY]) for name in colorizers}
    changes = compare_looks(scores, names)
    run = describe_run() | {
        f"network {name}": describe_colorizer(colorizer) for name, colorizer in colorizers.items()
    }
    tables = format_report(photos, scores, gains) + format_changes(changes)
    report = make_report(photos, scores, gains)
    report["against_one_pass"] = {
        name: {key: vars(estimate) for key, estimate in row.items()}
        for name, row in changes.items()
    }
    publish(tables, report, run, json_path)


def load_looks(name: str, recipe: Recipe) -> dict[str, Colorizer]:
    """Load a network: one plain pass, and each number of looks or the recipe's only."""
    counts = tuple(LOOKS) if recipe.looks is None else (recipe.looks,)
    colorizer = Colorizer(name, recipe=replace(recipe, looks=1, calm=0.0))
    looks = {
        label_looks(name, count): colorizer.with_recipe(replace(recipe, looks=count))
        for count in counts
    }
    return {label_pass(name): colorizer, **looks}


def label_pass(name: str) -> str:
    """Name the row of a single look that is not calmed."""
    return f"{name}, one pass"


def label_looks(name: str, count: int) -> str:
    """Name a row of the tables.

    Examples
    --------
    >>> label_looks("compact", 1), label_looks("compact", 4)
    ('compact, 1 look', 'compact, 4 looks')
    """
    return f"{name}, {count_noun(count, 'look')}"


def compare_looks(
    scores: Mapping[str, SetScores], names: Sequence[str]
) -> dict[str, dict[str, Estimate]]:
    """Hold each number of looks against one plain pass; the keys are those of `CHANGES`."""
    changes = {}
    for name in names:
        one = scores[label_pass(name)]
        for label in (label_looks(name, count) for count in LOOKS):
            if label in scores:
                changes[label] = {
                    key: Estimate.from_scores(scores[label][key] - one[key]) for key in CHANGES
                }
    return changes


def format_changes(changes: Mapping[str, Mapping[str, Estimate]]) -> str:
    """Write the table of changes in Markdown."""
    rows = [[name, *(e.format(2) for e in row.values())] for name, row in changes.items()]
    return "\n\n" + format_table(["against one pass, paired", *CHANGES.values()], rows)


def give_color(ab: Floats) -> Method:
    """Make the method that gives every pixel one color, a* and b*."""
    return lambda gray: join_lightness_chroma(
        rgb_to_lightness(gray), np.broadcast_to(ab, (*gray.shape[:2], 2))
    )


def give_network(colorizer: Colorizer) -> Method:
    """Make the method that is the program's own."""
    return lambda gray: colorizer.colorize(array_to_photo(gray)).rgb


def measure_mean_ab(photos: PhotoSet) -> Floats:
    """Compute the mean a* and b* of all photos, float32 (2,)."""
    means = [rgb_to_lab(rgb)[..., 1:].mean(axis=(0, 1)) for rgb in photos]
    mean: Floats = np.mean(means, axis=0, dtype=np.float32)
    return mean


def score_methods(photos: PhotoSet, methods: Mapping[str, Method]) -> dict[str, SetScores]:
    """Color every photo with every method and score the sets that come out.

    Returns
    -------
    dict of str to mapping
        For each method what `score_set` returns, all on the same drawings.
    """
    lists: dict[str, list[Mapping[str, float]]] = {name: [] for name in methods}
    with Progress(len(photos), "coloring") as progress:
        for rgb in photos:
            truth = TruePhoto(rgb)
            gray = join_lightness_chroma(truth.lab[..., 0], np.zeros((*rgb.shape[:2], 2), "f4"))
            for name, color in methods.items():
                lists[name].append(truth.score(color(gray)))
            progress.advance()
    draws = Draws(len(photos))
    return {name: score_set(rows, draws) for name, rows in lists.items()}


def compare_scores(scores: SetScores, gray: SetScores) -> dict[str, Estimate]:
    """Hold a network against gray; the keys are those of `AIMS`."""
    gains = {
        "auc_raw_gain": scores["auc_raw"] - gray["auc_raw"],
        "auc_balanced_gain": scores["auc_balanced"] - gray["auc_balanced"],
        "ab_rmse_drop": 100 * (1 - scores["ab_rmse"] / gray["ab_rmse"]),
        "colorfulness_ratio": scores["colorfulness_ratio"],
    }
    return {key: Estimate.from_scores(gain) for key, gain in gains.items()}


def format_report(
    photos: PhotoSet,
    scores: Mapping[str, SetScores],
    gains: Mapping[str, Mapping[str, Estimate]],
) -> str:
    """Write both tables in Markdown."""
    table = format_table(
        ["method", *(metric.title for metric in METRICS)],
        [
            [name, *(Estimate.from_scores(row[m.key]).format(m.digits) for m in METRICS)]
            for name, row in scores.items()
        ],
    )
    aims = format_table(
        ["against gray", *(f"{title} ({aim})" for title, aim in AIMS.values())],
        [
            [name, *(f"{e.format(2)} {AIMS[key][1].judge(e.value)}" for key, e in row.items())]
            for name, row in gains.items()
        ],
    )
    title = f"## {photos.name}: {len(photos)} photos at {photos.side} x {photos.side}"
    note = "In brackets 95 % intervals over the photos (bootstrap, paired in the second table)."
    return f"{title}\n\n{table}\n\n{aims}\n\n{note}"


def make_report(
    photos: PhotoSet,
    scores: Mapping[str, SetScores],
    gains: Mapping[str, Mapping[str, Estimate]],
) -> dict[str, Any]:
    """Gather the numbers for JSON, unrounded."""
    return {
        "set": {"name": photos.name, "photos": len(photos), "side": photos.side},
        "methods": {
            name: {key: vars(Estimate.from_scores(values)) for key, values in row.items()}
            for name, row in scores.items()
        },
        "against_gray": {
            name: {key: vars(estimate) for key, estimate in row.items()}
            for name, row in gains.items()
        },
    }
