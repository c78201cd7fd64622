"""Subcommands of ``colorize-lab train``: export, average, check and tune networks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from colorize_lab.cli.options import VERBOSITY_OPTIONS
from colorize_lab.cli.progress import Progress
from colorize_lab.cli.train_adversarial import ADVERSARIAL_TOOLS
from colorize_lab.cli.train_options import (
    DATA_OPTION,
    HELD_OUT_OPTION,
    existing_file,
    existing_folder,
    existing_path,
    file_to_write,
    folder_to_write,
)

__all__ = ["TOOLS"]

MEGABYTE = 1_000_000


@click.command("export")
@click.argument("checkpoint", type=existing_file)
@click.argument("out", type=folder_to_write)
def export(checkpoint: Path, out: Path) -> None:
    """Export CHECKPOINT as a Caffe network.

    Writes its averaged weights as float16 into the folder OUT, and names the network after it.
    """
    from colorize_lab.training.export import export_network
    from colorize_lab.training.load import load_checkpoint_network

    written = export_network(load_checkpoint_network(checkpoint).state_dict(), out)
    click.echo(f"{written.caffemodel}: {written.size_bytes / MEGABYTE:.1f} MB")
    click.echo(f"sha256 {written.sha256}")
    click.echo(
        f"next: colorize-lab PHOTO --prototxt {written.prototxt} --weights {written.caffemodel}"
    )


@click.command("average")
@click.argument("checkpoints", nargs=-1, required=True, type=existing_file, metavar="CHECKPOINT...")
@click.option("--out", required=True, type=file_to_write, help="File for the averaged network.")
@click.option(
    "--greedy",
    is_flag=True,
    help="Omit runs that do not improve the mean on the --held-out photos.",
)
@click.option(
    "--held-out",
    multiple=True,
    type=existing_path,
    metavar="FOLDER|ZIP",
    help="Photos that no run has seen, preferably from other collections; repeatable.",
)
@VERBOSITY_OPTIONS
def average(
    checkpoints: tuple[Path, ...],
    out: Path,
    greedy: bool,
    held_out: tuple[Path, ...],
    verbosity: int,
) -> None:
    """Average runs that started with the same weights.

    To train on several cores or machines as one run, start one run on each with its own --seed and
    with --slice-minutes, replace the checkpoint of each with the mean, and start them again.

    To combine several finished runs, add --greedy: it starts with the run that has the lowest cross
    entropy on the held-out photos, and adds runs, repeatedly if need be, while the mean improves.
    """
    from colorize_lab.training.average import average_checkpoints

    if greedy != bool(held_out):
        raise click.UsageError("--greedy and --held-out require each other; pass both or neither")
    if greedy:
        from colorize_lab.training.greedy import choose_checkpoints

        checkpoints = tuple(choose_checkpoints(checkpoints, held_out))
    average_checkpoints(checkpoints, out)
    counts = Counter(checkpoints)
    click.echo(f"{out}: the mean of {len(counts)} checkpoints")
    if greedy and verbosity >= 0:
        for path, count in counts.items():
            click.echo(f"  {count / len(checkpoints):4.0%}  {path}")


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=existing_path, metavar="PATH...")
def check(paths: tuple[Path, ...]) -> None:
    """Check that torch and OpenCV give a network the same colors.

    PATH is a checkpoint, or the folder of an exported network.
    """
    from colorize_lab.training.check import check_network

    for path in paths:
        click.echo(f"{path}: torch and OpenCV agree; ab differs by {check_network(path):.1g}")


@click.command("sweep")
@click.argument("network", type=existing_folder)
@DATA_OPTION
@HELD_OUT_OPTION
@click.option(
    "--photos",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="Maximum number of photos to color.",
)
def sweep(network: Path, data: tuple[Path, ...], held_out: float, photos: int) -> None:
    """Compare default settings for an exported network.

    Prints a table of render factors, temperatures and vividness, with the best in bold. Pass the
    same --data and --held-out as in training, so that only photos that the network has not seen
    are measured.
    """
    if not data:
        raise click.UsageError("pass the photos that were trained on: --data FOLDER")
    from colorize_lab.training.sweep import format_table, sweep_settings

    with Progress(photos, "coloring") as progress:
        rows = sweep_settings(
            network, data, held_out=held_out, photo_count=photos, report=progress.advance
        )
    click.echo(format_table(rows))


@click.command("scratches")
@DATA_OPTION
@click.option(
    "--minutes",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Training time in minutes, on one core.",
)
@click.option(
    "--photos",
    type=click.IntRange(2),
    default=6000,
    show_default=True,
    help="Maximum number of photos to hold in memory.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    help="Random seed of the weights and the damage.",
)
@click.option("--out", required=True, type=folder_to_write, help="Folder to write the network to.")
def scratches(data: tuple[Path, ...], minutes: float, photos: int, seed: int, out: Path) -> None:
    """Train the scratch detector, on damage drawn over sound photos."""
    if not data:
        raise click.UsageError("name photos without scratches: --data FOLDER")
    from colorize_lab.training.scratches.export import export_scratches
    from colorize_lab.training.scratches.train import load_lightness, train_scratches

    for done, weights in train_scratches(load_lightness(data, photos), minutes, seed=seed):
        export_scratches(weights, out)  # each time, so that a run can be ended early
        click.echo(
            f"{done.share:4.0%} {done.steps} steps, loss {done.loss:.3f}, Dice {done.overlap:.3f}"
        )
    click.echo(f"{out}: the network's files")


TOOLS = (export, average, check, sweep, *ADVERSARIAL_TOOLS, scratches)
