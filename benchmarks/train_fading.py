"""Training of how fading is undone, on sound photos with made damage; models/fading.json.

Each photo is faded by dyes of its own: how much each absorbs of its neighbors' light varies, as
does what is lost of it, evenly or from side to side. What a line of density per channel can bring
back is the target. Nothing here is the dyes of `damage_light`, which the results are measured with.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.damage import compress_jpeg
from benchmarks.datasets import PhotoSet, open_set
from benchmarks.report import format_table
from colorize_lab import Colorizer
from colorize_lab.cli.progress import Progress
from colorize_lab.color import linear_to_srgb
from colorize_lab.color.metrics import measure_colorfulness
from colorize_lab.photo import read_photo
from colorize_lab.recolor.balance import Floats
from colorize_lab.recolor.examine import Witness
from colorize_lab.recolor.fading import measure_density
from colorize_lab.recolor.thumbnail import shrink_photo
from colorize_lab.recolor.tones import ANCHORS, encode_density, measure_tones
from colorize_lab.treatment import make_witness

Numbers = NDArray[np.float64]
SIDE = 224
# Photos with less color are black-and-white.
LEAST_COLOR = 8.0
# Shares of the damage: none, and of the rest uneven; with a cast beside; with stained paper.
SOUND, UNEVEN, CAST, STAINED = 0.15, 0.4, 0.3, 0.5
MOST_LOSS, MOST_OTHER_LOSS, MOST_STAIN, CAST_DENSITY = 0.7, 0.3, 0.3, 0.08
# Each tenth photo is left out of the training, to choose the decay by.
HELD_OUT = 10
DECAYS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)


class Sample(NamedTuple):
    """A faded photo's features, and what its anchors were, as encoded densities."""

    features: Numbers
    target: Numbers
    differences: Numbers  # across and down: (2, N)
    gradients: Numbers  # (2, 9)
    left: Numbers  # the anchors as they are


@click.command("train-fading")
@click.option("--set", "names", multiple=True, required=True, help="Sound photos: names or zips.")
@click.option("--data", type=click.Path(path_type=Path), default=Path("photos"))
@click.option("--limit", type=int, help="Maximum number of photos to use of each set.")
@click.option("--cache", type=click.Path(path_type=Path), help="Keep the samples here (.npz).")
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True)
def command(
    names: Sequence[str], data: Path, limit: int | None, cache: Path | None, output: Path
) -> None:
    """Train how fading is undone."""
    if cache is not None and cache.exists():
        columns = [np.load(cache, allow_pickle=False)[name] for name in Sample._fields]
    else:
        sets = [open_set(name, data, limit=limit) for name in names]
        samples = make_samples(sets, make_witness(Colorizer()))
        columns = [np.array(column) for column in zip(*samples, strict=True)]
        if cache is not None:
            np.savez_compressed(cache, **dict(zip(Sample._fields, columns, strict=True)))
    table = Sample(*columns)
    model, report = train(table)
    output.write_text(json.dumps(model) + "\n", encoding="utf-8")
    click.echo(report)


def make_samples(sets: Sequence[PhotoSet], witness: Witness) -> list[Sample]:
    """Fade each photo once, by the chance that its name makes."""
    samples = []
    with Progress(sum(map(len, sets)), "fading") as progress:
        for file in (file for photos in sets for file in photos.files):
            rgb = np.ascontiguousarray(shrink_photo(read_photo(file.read()).rgb, SIDE))
            if measure_colorfulness(rgb) > LEAST_COLOR:
                rng = np.random.default_rng(zlib.crc32(file.name.encode()))
                samples.append(make_sample(rgb, draw_fading(rgb, rng), witness))
            progress.advance()
    return samples


def draw_fading(rgb: Floats, rng: np.random.Generator) -> Floats:
    """Fade a photo by chance."""
    if rng.random() < SOUND:
        return rgb
    density = measure_density(rgb).astype(np.float64)
    dyes = np.array([[0.8, 0.15, 0.05], [0.2, 0.65, 0.15], [0.05, 0.25, 0.7]])
    dyes *= rng.uniform(0.3, 1.7, (3, 3))
    dyes /= dyes.sum(axis=1, keepdims=True)
    losses = rng.uniform(0, MOST_OTHER_LOSS * rng.random(), 3)
    losses[rng.integers(3)] = rng.uniform(0.05, MOST_LOSS)
    faded = density @ (dyes @ np.diag(1 - losses) @ np.linalg.inv(dyes)).T
    if rng.random() < STAINED:
        faded += rng.uniform(0, MOST_STAIN) * np.array([0.25, 0.5, 1]) * rng.uniform(0.6, 1.4, 3)
    if rng.random() < CAST:
        faded += rng.normal(0, CAST_DENSITY, 3)
    if rng.random() < UNEVEN:
        faded = density + draw_ramp(density.shape[:2], rng)[..., np.newaxis] * (faded - density)
    linear = np.clip(10**-faded, 0, 1).astype(np.float32)
    return compress_jpeg(linear_to_srgb(linear), int(rng.integers(70, 96)))


def draw_ramp(shape: tuple[int, ...], rng: np.random.Generator) -> Numbers:
    """Draw how faded each place is, from one side to the other, (H, W), 0..1."""
    axis = int(rng.integers(2))
    start = rng.uniform(0, 0.5)
    ramp = (start + (1 - start) * np.linspace(0, 1, shape[axis])) ** rng.uniform(0.5, 1.5)
    ramp = ramp[:: rng.choice((-1, 1))]
    return np.broadcast_to(ramp[:, np.newaxis] if axis == 0 else ramp, shape)


def make_sample(rgb: Floats, faded: Floats, witness: Witness) -> Sample:
    """Measure a faded photo, and what its anchors were: by the lines between it and the truth."""
    tones = measure_tones(faded, witness)
    anchors = tones.densities[list(ANCHORS)]
    before, after = (measure_density(photo).astype(np.float64) for photo in (faded, rgb))
    y, x = (side // 2 for side in rgb.shape[:2])
    everywhere = slice(None)
    halves = [
        (everywhere, slice(None, x)),
        (everywhere, slice(x, None)),
        (slice(None, y), everywhere),
        (slice(y, None), everywhere),
    ]
    left, right, top, bottom = (move_anchors(anchors, before[h], after[h]) for h in halves)
    return Sample(
        tones.features,
        move_anchors(anchors, before, after),
        np.stack([tones.across, tones.down]),
        np.stack([right - left, bottom - top]),
        encode_density(anchors).ravel(),
    )


def move_anchors(anchors: Numbers, faded: Numbers, sound: Numbers) -> Numbers:
    """Move densities by the best lines between two photos; returned encoded, (9,)."""
    moved = np.empty_like(anchors)
    for channel in range(3):
        old, new = faded[..., channel].ravel(), sound[..., channel].ravel()
        line = np.polyfit(old, new, 1, w=encode_density(new)) if np.ptp(old) else (1.0, 0.0)
        moved[:, channel] = np.polyval(line, anchors[:, channel])
    return np.asarray(encode_density(moved).ravel())


def train(table: Sample) -> tuple[dict[str, object], str]:
    """Train both regressions, with the decays that are best on held-out photos."""
    mean, scale = table.features.mean(axis=0), table.features.std(axis=0) + 1e-6
    inputs = (table.features - mean) / scale
    differences = (table.differences / scale).reshape(-1, len(scale))
    gradients = table.gradients.reshape(-1, table.gradients.shape[-1])
    bias = np.ones((len(inputs), 1))
    weights, decay, error = choose_decay(np.hstack([inputs, bias]), table.target, 1)
    gradient, steady, uneven = choose_decay(differences, gradients, 2)
    rows = [
        ["anchors", f"{measure_rms(table.target - table.left):.2f}", f"{error:.2f}", f"{decay:g}"],
        ["halves' difference", f"{measure_rms(gradients):.2f}", f"{uneven:.2f}", f"{steady:g}"],
    ]
    report = format_table(["100 x RMS error", "leaving it", "held out", "decay"], rows)
    arrays = {"mean": mean, "scale": scale, "weights": weights, "gradient": gradient}
    return {name: array.round(5).tolist() for name, array in arrays.items()}, report


def choose_decay(inputs: Numbers, targets: Numbers, per_photo: int) -> tuple[Numbers, float, float]:
    """Return the weights of a ridge regression, its decay and its held-out error."""
    held_out = np.arange(len(inputs)) // per_photo % HELD_OUT == 0
    errors = {}
    for decay in DECAYS:
        weights = solve_ridge(inputs[~held_out], targets[~held_out], decay)
        errors[decay] = measure_rms(inputs[held_out] @ weights - targets[held_out])
    best = min(errors, key=errors.__getitem__)
    return solve_ridge(inputs, targets, best), best, errors[best]


def solve_ridge(inputs: Numbers, targets: Numbers, decay: float) -> Numbers:
    """Solve a ridge regression; a constant column, the bias, is not shrunk."""
    penalty = decay * np.diag((np.ptp(inputs, axis=0) > 0).astype(np.float64))
    return np.asarray(np.linalg.solve(inputs.T @ inputs + penalty, inputs.T @ targets))


def measure_rms(errors: Numbers) -> float:
    """Compute 100 times the root mean square."""
    return 100 * float(np.sqrt(np.square(errors).mean()))
