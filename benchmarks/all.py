"""Every benchmark, one after the other, each in a process of its own.

What each prints goes to ``NAME.md`` in a folder and its numbers to ``NAME.json``, of which
``python -m benchmarks report`` makes one page.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.report import Aim, describe_run, format_run, format_table
from benchmarks.synthetic import make_film_folder, make_photo_folder
from colorize_lab.cli.progress import Progress

# What makes a small slice of each; in all they take less than five minutes on two quiet cores.
QUICK = {
    "chroma": ("--limit", "12"),
    "exemplars": ("--limit", "3", "--rounds", "1"),
    "formats": ("--megapixels", "1", "--rounds", "2"),
    "hints": ("--limit", "4", "--counts", "0,10,100"),
    "keyframes": ("--limit", "25"),
    "network-hints": ("--limit", "8"),
    "peers": ("--network", "ddcolor-tiny"),
    "quality": ("--limit", "24"),
    "realism": ("--limit", "16"),
    "recolor": ("--limit", "2"),
    "reference": ("--limit", "8"),
    "restore": ("--limit", "2"),
    "speed": ("--rounds", "1", "--megapixels", "0.5,2,12", "--photos", "10"),
    "studio": ("--rounds", "1", "--photos", "2"),
    "toning": ("--limit", "8"),
    "video": ("--limit", "12", "--frames", "0"),
}
# Seconds, of two quiet cores.
AIM_QUICK = Aim(at_most=300)


@dataclass(frozen=True)
class Outcome:
    """How a benchmark ended."""

    name: str
    seconds: float
    is_done: bool


@click.command("all")
@click.option("--quick", is_flag=True, help="A small slice of each, in less than five minutes.")
@click.option("--only", multiple=True, type=click.Choice(list(QUICK)), help="By default all.")
@click.option(
    "--set",
    "set_name",
    metavar="NAME|FOLDER|ZIP",
    help="Photos to measure on; by default a few that scikit-image brings along.",
)
@click.option("--data", default="photos", show_default=True, help="Folder with the sets' zips.")
@click.option("--films", help="A folder of films; by default with one, of such a picture.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results"),
    show_default=True,
    help="Folder for what is found.",
)
def command(
    quick: bool,
    only: Sequence[str],
    set_name: str | None,
    data: str,
    films: str | None,
    folder: Path,
) -> None:
    """Run every benchmark; the tables and numbers go into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name in QUICK if name in only or not only]
    outcomes = []
    with tempfile.TemporaryDirectory() as made, Progress(len(names), "benchmarks") as progress:
        photos = set_name or str(make_photo_folder(Path(made) / "scikit-image"))
        clips = films or str(make_film_folder(Path(made) / "films"))
        on_photos = ["--set", photos, "--data", data]
        sources = {
            "exemplars": [*on_photos, "--clips", clips],
            "formats": [],
            "keyframes": ["--data", clips],
            "peers": [],
            "speed": [],
            "studio": [],
            "toning": ["--toned", photos, "--data", data, photos],
            "video": ["--data", clips],
        }
        for name in names:
            options = sources.get(name, on_photos)
            outcomes.append(run_benchmark(name, [*options, *(QUICK[name] * quick)], folder))
            progress.advance()
    click.echo(f"{format_outcomes(outcomes, quick=quick)}\n\n{format_run(describe_run())}")
    if not all(outcome.is_done for outcome in outcomes):
        sys.exit(1)


def run_benchmark(name: str, options: Sequence[str], folder: Path) -> Outcome:
    """Run one benchmark; what it prints and its numbers go into the folder."""
    program = [sys.executable, "-m", "benchmarks", name, *options]
    start = time.perf_counter()
    done = subprocess.run([*program, "--json", folder / f"{name}.json"], stdout=subprocess.PIPE)
    (folder / f"{name}.md").write_bytes(done.stdout)
    return Outcome(name, time.perf_counter() - start, done.returncode == 0)


def format_outcomes(outcomes: Sequence[Outcome], *, quick: bool) -> str:
    """Write how long each took, and whether all kept to their time."""
    rows = [[o.name, f"{o.seconds:.0f}", "done" if o.is_done else "failed"] for o in outcomes]
    total = sum(outcome.seconds for outcome in outcomes)
    verdict = f"{AIM_QUICK} {AIM_QUICK.judge(total)}" if quick else ""
    rows.append(["together", f"{total:.0f}", verdict])
    return format_table(["benchmark", "seconds", ""], rows)
