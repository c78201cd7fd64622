"""Time and memory: everything in one run and in turn, so that the ratios hold on any machine.

Each part is a file: the whole command against what everybody knows, the networks in OpenCV and in
other runtimes, how every stage grows with the photo, batches, and a film.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.report import describe_run, publish
from benchmarks.speed_batch import measure_batch, measure_film
from benchmarks.speed_command import measure_command
from benchmarks.speed_growth import measure_growth
from benchmarks.speed_networks import measure_networks
from benchmarks.synthetic import make_large_photo, make_random_network
from colorize_lab.errors import UnknownNetworkError
from colorize_lab.networks import InstalledNetwork, find_network, find_spec, installed_networks

RIVAL = "zhang-eccv16"
PARTS = ("command", "networks", "growth", "batch", "film")

Part = Callable[[], tuple[str, dict[str, Any]]]
"""Measures: the tables in Markdown, and the numbers."""


def parse_sizes(context: click.Context, option: click.Parameter, text: str) -> list[float]:
    """Read sizes in megapixels."""
    try:
        sizes = sorted({float(part) for part in text.split(",")})
    except ValueError as error:
        raise click.BadParameter("give numbers with commas, as in 0.5,2,12") from error
    if not 0.1 <= sizes[0] <= sizes[-1] <= 200:
        raise click.BadParameter("a photo has 0.1 to 200 megapixels here")
    return sizes


@click.command("speed")
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="By default all.")
@click.option(
    "--photo",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JPEG of your own for the part command; by default one of 12 megapixels is made.",
)
@click.option("--network", default="compact", show_default=True)
@click.option("--megapixels", default="0.5,2,12,50", show_default=True, callback=parse_sizes)
@click.option("--photos", default=100, show_default=True, help="Number of photos in the batch.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    parts: Sequence[str],
    photo: Path | None,
    network: str,
    megapixels: Sequence[float],
    photos: int,
    rounds: int,
    json_path: Path | None,
) -> None:
    """Time the whole command, networks, every stage, batches and a film."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rival, weights = find_rival(folder)
        timed = (find_network(network), *installed_networks(), rival)
        # `peers` runs what comes as ONNX.
        networks = {n.spec.name: n for n in timed if n.spec.prototxt is not None}
        measures: dict[str, Part] = {
            "command": lambda: measure_command(
                photo or make_large_photo(folder / "photo.jpg"),
                folder,
                networks[network],
                rival,
                rounds,
            ),
            "networks": lambda: measure_networks(list(networks.values()), rounds),
            "growth": lambda: measure_growth(folder, network, megapixels, rounds),
            "batch": lambda: measure_batch(folder, network, photos, rounds),
            "film": lambda: measure_film(folder, network, rounds),
        }
        try:
            found = {part: measures[part]() for part in parts or PARTS}
        except subprocess.CalledProcessError as error:
            raise click.ClickException(f"a timed command failed ({error}); run it alone") from error
    run = describe_run() | {f"{RIVAL}'s weights": weights}
    text = "\n\n".join(["## Time and memory", *(tables for tables, _ in found.values())])
    publish(text, {part: numbers for part, (_, numbers) in found.items()}, run, json_path)


def find_rival(folder: Path) -> tuple[InstalledNetwork, str]:
    """Take the network of the paper, with random weights where its own are not installed."""
    try:
        return find_network(RIVAL), "installed"
    except UnknownNetworkError:
        prototxt = find_spec(RIVAL).find_prototxt()
        random = make_random_network(prototxt, folder / "random.caffemodel")
        return random, "random"
