"""Training of the verdict on a photo's color, on labeled real photos; models/verdict.json.

``verdict_labels.csv`` names the files: folder, file, label, and whether the label is sure. All
photos of the sets given by ``--negatives`` count as sound. Faded, cast and toned photos are
rare, so that photos of the negatives with made damage train beside them, at a small weight; the
cross-validation counts real photos only.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.damage import tone_sepia
from benchmarks.damage_light import CASTS, FADINGS
from benchmarks.datasets import open_set
from benchmarks.report import format_table
from colorize_lab import Colorizer
from colorize_lab.cli.progress import Progress
from colorize_lab.photo import read_photo
from colorize_lab.recolor.examine import examine_color
from colorize_lab.recolor.thumbnail import shrink_photo
from colorize_lab.recolor.verdict import FAULTS, KINDS, VerdictModel, list_features
from colorize_lab.treatment import make_witness

Numbers = NDArray[np.float64]
LABELS = Path(__file__).with_name("verdict_labels.csv")
SIDE = 320
FOLDS = 5
DECAY = 3.0
# How much a photo counts: unsure labels less, faults more, as they are few; made damage little.
UNSURE, FAULT, MADE, LARGE_SET = 0.4, 4.0, 0.1, 0.4
# Old photos are what recoloring is for. The shots of one scene are one photo.
FADED, SAME_SCENE, SCENE = 8.0, 0.4, "8D5U5524"
UNFRAMED = 0.1
# Share of sound photos that may be taken for each fault: in folders, and if named.
RATES = {
    "strict": {"toned": 0.002, "faded": 0.01, "cast": 0.004, "stage-light": 0.003},
    "lenient": {"toned": 0.01, "faded": 0.02, "cast": 0.02, "stage-light": 0.02},
}
LEAST_BOUND = 0.4
# Damage in equal shares: faded three times, cast, toned.
MADE_KINDS = ("faded", "cast", "faded", "toned", "faded")


class Sample(NamedTuple):
    """A photo's features, its kind as a column of the model, its weight, and where it is from."""

    features: Numbers
    kind: int
    weight: float
    name: str
    counts: bool  # a real photo with a sure label


@dataclass(frozen=True)
class Table:
    """Samples as arrays, float64 (N, ...)."""

    features: Numbers
    kinds: NDArray[np.intp]
    weights: Numbers
    names: list[str]
    counts: NDArray[np.bool_]


@click.command("train-verdict")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--negatives", multiple=True, help="Sets of sound photos: names in --data, or zips.")
@click.option("--data", type=click.Path(path_type=Path), default=Path("photos"))
@click.option(
    "--limit", type=int, help="Maximum number of photos to use of each set of sound photos."
)
@click.option("--cache", type=click.Path(path_type=Path), help="Keep the features here (.npz).")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the numbers here.")
def command(
    folder: Path,
    negatives: tuple[str, ...],
    data: Path,
    limit: int | None,
    cache: Path | None,
    output: Path | None,
) -> None:
    """Train on the labeled photos in FOLDER, and cross-validate."""
    if cache is not None and cache.exists():
        table = read_table(cache)
    else:
        table = make_table(list(list_samples(folder, negatives, data, limit)))
        if cache is not None:
            write_table(table, cache)
    table = add_unframed(table)
    faults = cross_validate(table)
    bounds = choose_bounds(table, faults)
    click.echo(format_recall(table, faults, bounds))
    if output is not None:
        every = np.ones(len(table.names), bool)
        write_model(train_model(table, every), bounds, output)


def list_samples(
    folder: Path, negatives: tuple[str, ...], data: Path, limit: int | None
) -> Iterator[Sample]:
    """Measure all photos."""
    witness = make_witness(Colorizer())
    rows = list(csv.DictReader(LABELS.read_text(encoding="utf-8").splitlines()))
    sets = [open_set(name, data, limit=limit) for name in negatives]
    with Progress(len(rows) + sum(map(len, sets)), "measuring") as progress:
        for row in rows:
            progress.advance()
            if row["label"] in KINDS:
                weight = weigh_label(row)
                rgb = shrink_photo(read_photo(folder / row["folder"] / row["file"]).rgb, SIDE)
                features = list_features(examine_color(rgb, witness).evidence)
                name = f"{row['folder']}/{row['file']}"
                yield Sample(features, KINDS.index(row["label"]), weight, name, row["sure"] == "1")
        for photos in sets:
            share = LARGE_SET if len(photos) > 300 else 1.0
            for number, file in enumerate(photos.files):
                progress.advance()
                rgb = shrink_photo(read_photo(file.read()).rgb, SIDE)
                name = f"{photos.name}/{file.name}"
                features = list_features(examine_color(rgb, witness).evidence)
                yield Sample(features, 0, share, name, True)
                if number % 2:
                    kind = MADE_KINDS[number // 2 % len(MADE_KINDS)]
                    damaged = damage_photo(rgb, kind, number)
                    features = list_features(examine_color(damaged, witness).evidence)
                    yield Sample(features, KINDS.index(kind), MADE, name, False)


def weigh_label(row: dict[str, str]) -> float:
    """Return how much a labeled photo counts in the training."""
    by_kind = {"sound": 1.0, "faded": FADED}.get(row["label"], FAULT)
    scene = SAME_SCENE / FAULT if row["file"].startswith(SCENE) else 1.0
    return by_kind * scene * (1.0 if row["sure"] == "1" else UNSURE)


def damage_photo(rgb: NDArray[np.float32], kind: str, seed: int) -> NDArray[np.float32]:
    """Damage a sound photo."""
    if kind == "toned":
        return tone_sepia(rgb)
    damages = list((FADINGS if kind == "faded" else CASTS).values())
    return damages[seed // 2 % len(damages)](rgb)


def make_table(samples: list[Sample]) -> Table:
    """Stack samples."""
    features, kinds, weights, names, counts = zip(*samples, strict=True)
    return Table(
        np.array(features), np.array(kinds), np.array(weights), list(names), np.array(counts)
    )


def add_unframed(table: Table) -> Table:
    """Add each scan once more as if its owner had cut its frame away; the copies count nowhere."""
    framed = table.features[:, -1] == 1
    features = table.features[framed].copy()
    features[:, -1] = 0
    return Table(
        np.concatenate([table.features, features]),
        np.concatenate([table.kinds, table.kinds[framed]]),
        np.concatenate([table.weights, UNFRAMED * table.weights[framed]]),
        [*table.names, *np.array(table.names)[framed].tolist()],
        np.concatenate([table.counts, np.zeros(len(features), bool)]),
    )


def write_table(table: Table, path: Path) -> None:
    """Keep what takes long to measure."""
    arrays = {name: np.array(values) for name, values in vars(table).items()}
    np.savez(path, allow_pickle=False, **arrays)


def read_table(path: Path) -> Table:
    """Read what `write_table` kept."""
    with np.load(path, allow_pickle=False) as kept:
        return Table(
            kept["features"],
            kept["kinds"],
            kept["weights"],
            [str(name) for name in kept["names"]],
            kept["counts"],
        )


def train_model(table: Table, chosen: NDArray[np.bool_]) -> VerdictModel:
    """Fit the multinomial logistic regression to the chosen samples, by L-BFGS."""
    features, kinds, weights = table.features[chosen], table.kinds[chosen], table.weights[chosen]
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    inputs = np.column_stack([(features - mean) / scale, np.ones(len(features))])
    truth = np.eye(len(KINDS))[kinds]

    def measure_loss(flat: Numbers) -> tuple[float, Numbers]:
        matrix = flat.reshape(inputs.shape[1], len(KINDS))
        scores = inputs @ matrix
        logs = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        loss = -(weights * (logs * truth).sum(axis=1)).sum()
        slope = inputs.T @ ((np.exp(logs) - truth) * weights[:, np.newaxis])
        slope[:-1] += DECAY * matrix[:-1]
        return float(loss + DECAY / 2 * np.square(matrix[:-1]).sum()), slope.ravel()

    start = np.zeros(inputs.shape[1] * len(KINDS))
    found = minimize(measure_loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return VerdictModel(mean, scale, found.x.reshape(-1, len(KINDS)), {}, {})


def cross_validate(table: Table) -> Numbers:
    """Return the probabilities of each sample by a model that has not seen its photo."""
    names = sorted(set(table.names))
    order = np.random.default_rng(0).permutation(len(names))
    fold_of = {names[index]: place % FOLDS for place, index in enumerate(order)}
    folds = np.array([0 if SCENE in n else fold_of[n] for n in table.names])
    probabilities = np.empty((len(folds), len(KINDS)))
    for fold in range(FOLDS):
        model = train_model(table, folds != fold)
        held_out = folds == fold
        probabilities[held_out] = model.compute_probabilities(table.features[held_out])
    return probabilities


def choose_bounds(table: Table, probabilities: Numbers) -> dict[str, dict[str, float]]:
    """Choose for each fault the least bound at which few sound photos are taken for it."""
    likeliest, fault = find_faults(probabilities)
    sound = real_sound(table)
    bounds: dict[str, dict[str, float]] = {"strict": {}, "lenient": {}}
    for name, rates in RATES.items():
        for kind, rate in rates.items():
            values = np.where(likeliest == KINDS.index(kind), fault, 0)[sound]
            bound = float(np.quantile(values, 1 - rate))
            bounds[name][kind] = round(max(bound, LEAST_BOUND), 3)
    return bounds


def find_faults(probabilities: Numbers) -> tuple[NDArray[np.intp], Numbers]:
    """Return the likeliest fault's column, and the probability of any fault."""
    columns = [KINDS.index(kind) for kind in FAULTS]
    return np.array(columns)[probabilities[:, columns].argmax(axis=1)], probabilities[
        :, columns
    ].sum(axis=1)


def real_sound(table: Table) -> NDArray[np.bool_]:
    """Choose the real photos that are to be left alone, with sure labels."""
    harmless = np.isin(table.kinds, [KINDS.index("sound"), KINDS.index("mist")])
    return harmless & table.counts


def format_recall(table: Table, probabilities: Numbers, bounds: dict[str, dict[str, float]]) -> str:
    """Write hits and false alarms in Markdown: of every folder, with sure labels."""
    likeliest, fault = find_faults(probabilities)
    folders = np.array([name.split("/")[0] for name in table.names])
    rows = []
    for folder in dict.fromkeys(folders):
        for column, kind in enumerate(KINDS):
            here = table.counts & (folders == folder) & (table.kinds == column)
            if not here.any():
                continue
            cells = [folder, kind, str(here.sum())]
            for name in ("strict", "lenient"):
                bound = np.array([bounds[name].get(k, 1.0) for k in KINDS])[likeliest]
                found = here & (fault >= bound)
                right = found & (likeliest == column)
                cells.append(
                    f"{found.sum()} ({right.sum()} as such)" if kind in FAULTS else str(found.sum())
                )
            rows.append(cells)
    titles = ["folder", "label", "photos", "acted on in folders", "acted on if named"]
    return format_table(titles, rows) + f"\n\nBounds: {json.dumps(bounds)}"


def write_model(model: VerdictModel, bounds: dict[str, dict[str, float]], path: Path) -> None:
    """Write the numbers with five digits."""
    content = {
        "kinds": KINDS,
        **{
            k: np.vectorize(lambda x: float(f"{x:.5g}"))(getattr(model, k)).tolist()
            for k in ("mean", "scale", "weights")
        },
        **bounds,
    }
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")
