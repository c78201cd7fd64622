"""Time and memory: everything in one run and in turn, so that the ratios hold on any machine.

The whole command on a 12 megapixel JPEG is held against (a) decoding and encoding the file with
OpenCV and (b) the recipe of the common tutorials with the same network; see `benchmarks.cases`
for what is timed and `benchmarks.baselines` for (a) and (b).
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import FIGURES, Case, Measured, list_cases
from benchmarks.report import describe_run, format_run, format_table, write_json
from benchmarks.synthetic import make_large_photo, make_random_network
from colorize_lab.cli.progress import Progress
from colorize_lab.errors import UnknownNetworkError
from colorize_lab.networks import InstalledNetwork, find_network, find_spec

RIVAL = "zhang-eccv16"


@click.command("speed")
@click.option(
    "--photo",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JPEG of your own; by default one of 12 megapixels is made.",
)
@click.option("--network", default="compact", show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(photo: Path | None, network: str, rounds: int, json_path: Path | None) -> None:
    """Time the whole command, its parts, and what it is held against."""
    with tempfile.TemporaryDirectory() as folder:
        photo = photo or make_large_photo(Path(folder) / "photo.jpg")
        rival, weights = find_rival(Path(folder))
        cases = list_cases(photo, Path(folder), find_network(network), rival)
        try:
            measured = run_rounds(cases, rounds)
        except subprocess.CalledProcessError as error:
            raise click.ClickException(f"a timed command failed ({error}); run it alone") from error
        run = describe_run() | {
            "photo": f"{photo.name}, {photo.stat().st_size / 1e6:.1f} MB",
            f"{RIVAL}'s weights": weights,
        }
    title = f"## One JPEG, {rounds} rounds: medians, and in brackets the least and the most"
    click.echo(f"{title}\n\n{format_report(measured)}\n\n{format_run(run)}")
    write_json(json_path, make_report(measured) | {"run": run})


def find_rival(folder: Path) -> tuple[InstalledNetwork, str]:
    """Take the network of the paper, with random weights where its own are not installed."""
    try:
        return find_network(RIVAL), "installed"
    except UnknownNetworkError:
        prototxt = find_spec(RIVAL).prototxt
        return make_random_network(prototxt, folder / "random.caffemodel"), "random"


def run_rounds(cases: Mapping[str, Case], rounds: int) -> Measured:
    """Run every case in turn, one round after the other.

    A first round that does not count fills the caches of files and networks.
    """
    runs = []
    with Progress((rounds + 1) * len(cases), "timing") as progress:
        for _ in range(rounds + 1):
            for case in cases.values():
                runs.append(case())
                progress.advance()
    kept = runs[len(cases) :]
    seconds = np.array([run.seconds for run in kept]).reshape(rounds, -1).T
    peaks = np.array([run.peak_mb for run in kept], np.float64).reshape(rounds, -1).T
    return Measured(dict(zip(cases, seconds, strict=True)), dict(zip(cases, peaks, strict=True)))


def format_report(measured: Measured) -> str:
    """Write the tables of times and of figures in Markdown."""
    times = [
        [name, format_series(seconds, 3), format_series(measured.peak_mb[name], 0)]
        for name, seconds in measured.seconds.items()
    ]
    figures = []
    for figure in FIGURES:
        series = figure.compute(measured)
        verdict = figure.aim.judge(float(np.median(series)))
        figures.append([figure.title, format_series(series, 2), str(figure.aim), verdict])
    return (
        format_table(["timed", "seconds", "peak memory, MB"], times)
        + "\n\n"
        + format_table(["figure", "found", "aim", ""], figures)
    )


def format_series(series: NDArray[np.float64], digits: int) -> str:
    """Write median, least and most; nothing for what was not measured."""
    if np.isnan(series).any():
        return ""
    median, low, high = np.median(series), series.min(), series.max()
    return f"{median:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def make_report(measured: Measured) -> dict[str, Any]:
    """Gather the numbers of every round for JSON."""
    figures = {}
    for figure in FIGURES:
        median = float(np.median(figure.compute(measured)))
        verdict = figure.aim.judge(median)
        figures[figure.title] = {"median": median, "aim": str(figure.aim), "verdict": verdict}
    timed = {
        name: {"seconds": seconds.tolist(), "peak_mb": list_numbers(measured.peak_mb[name])}
        for name, seconds in measured.seconds.items()
    }
    return {"timed": timed, "figures": figures}


def list_numbers(series: NDArray[np.float64]) -> list[float | None]:
    """Turn NaN, which JSON does not know, into null."""
    return [None if np.isnan(number) else float(number) for number in series]
