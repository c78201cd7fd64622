"""``colorize-lab train``: train the embedded network on photos."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import click

from colorize_lab.cli.help import TRAINING, SectionedGroup
from colorize_lab.cli.options import VERBOSITY_OPTIONS, OptionGroup
from colorize_lab.cli.train_options import (
    DATA_OPTION,
    HELD_OUT_OPTION,
    existing_folder,
    folder_to_write,
    require_data,
)
from colorize_lab.cli.train_tools import TOOLS

if TYPE_CHECKING:
    from pathlib import Path

    from colorize_lab.training.journal import Row
    from colorize_lab.training.schedule import Schedule

__all__ = ["command"]

STRIDE_PX = 32
# Between notes of how many photos are read.
READING_SECONDS = 5.0
positive = click.FloatRange(0, min_open=True)


def parse_sides(
    context: click.Context, parameter: click.Parameter, text: str
) -> tuple[tuple[float, int], ...]:
    """Read ``96,128@0.5``: 96 pixels, and 128 from half of the run on."""
    try:
        pairs = [part.partition("@")[::2] for part in text.split(",")]
        sides = tuple((float(start or 0), int(side)) for side, start in pairs)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not of the form 96,128@0.5,160@0.85") from error
    starts = [start for start, _ in sides]
    if starts[0] != 0 or starts != sorted(set(starts)) or starts[-1] >= 1:
        raise click.BadParameter(
            "the first side must start at 0, each other one later but before 1"
        )
    if any(side < STRIDE_PX or side % STRIDE_PX for _, side in sides):
        raise click.BadParameter(f"each side must be a multiple of {STRIDE_PX}")
    return sides


def build_schedule(
    samples: int,
    minutes: float,
    sides: tuple[tuple[float, int], ...],
    batch: int,
    peak_rate: float,
    hint_share: float,
    patch_share: float,
    black_share: float,
    rare_colors: float,
    encoder_rate: float,
    frozen_blocks: int,
    frozen_norms: bool,
    decoded_loss: float,
    feature_loss: float,
    teacher_share: float,
    seed: int,
) -> Schedule:
    """Make the schedule."""
    from colorize_lab.training.schedule import Schedule

    return Schedule(
        samples,
        minutes,
        sides,
        batch,
        peak_rate,
        hint_share=hint_share,
        patch_share=patch_share,
        black_share=black_share,
        rare_colors=rare_colors,
        encoder_rate=encoder_rate,
        frozen_blocks=frozen_blocks,
        frozen_norms=frozen_norms,
        decoded_loss=decoded_loss,
        feature_loss=feature_loss,
        teacher_share=teacher_share,
        seed=seed,
    )


SCHEDULE_OPTIONS = OptionGroup(
    "schedule",
    build_schedule,
    [
        click.option(
            "--samples",
            type=click.IntRange(1),
            default=1_000_000,
            show_default=True,
            help="Photos to train on in total; photos repeat as needed.",
        ),
        click.option(
            "--minutes",
            type=positive,
            default=math.inf,
            help="Longest time to train, over all runs of this command; unlimited by default.",
        ),
        click.option(
            "--sides",
            callback=parse_sides,
            default="96,128@0.5,160@0.85",
            show_default=True,
            help="Side of the photos in pixels, and the share of the run at which it starts.",
        ),
        click.option(
            "--batch",
            type=click.IntRange(8),
            default=64,
            show_default=True,
            help="Photos per step at 96 pixels; larger sides take fewer.",
        ),
        click.option(
            "--peak-rate",
            type=positive,
            default=2e-3,
            show_default=True,
            help="Highest learning rate.",
        ),
        click.option(
            "--hint-share",
            type=click.FloatRange(0, 1),
            default=0.35,
            show_default=True,
            help="Share of the photos that come with color hints.",
        ),
        click.option(
            "--patch-share",
            type=click.FloatRange(0, 1),
            default=0.0,
            show_default=True,
            help="Share of the photos into which a rectangle of another photo is pasted.",
        ),
        click.option(
            "--black-share",
            type=click.FloatRange(0, 1),
            default=0.0,
            show_default=True,
            help="Share of the photos whose shadows turn black, as in hard prints.",
        ),
        click.option(
            "--rare-colors",
            type=click.FloatRange(0, 2),
            default=0.0,
            show_default=True,
            help="Draw photos with rare colors more often: 0 draws all alike, 1 in proportion to "
            "rarity.",
        ),
        click.option(
            "--encoder-rate",
            type=positive,
            default=1.0,
            show_default=True,
            help="Learning rate of the encoder, relative to --peak-rate.",
        ),
        click.option(
            "--frozen-blocks",
            type=click.IntRange(0, 15),
            default=0,
            show_default=True,
            help="Number of encoder blocks to freeze, from the first, together with the stem.",
        ),
        click.option(
            "--frozen-norms",
            is_flag=True,
            help="Freeze the means and variances of the encoder's batch norms.",
        ),
        click.option(
            "--decoded-loss",
            type=click.FloatRange(0),
            default=0.0,
            show_default=True,
            help="Pull of a loss on the decoded color, relative to that of cross entropy.",
        ),
        click.option(
            "--feature-loss",
            type=click.FloatRange(0),
            default=0.0,
            show_default=True,
            help="Pull of a loss on what EfficientNet-Lite0 sees in the decoded color, relative to "
            "that of cross entropy (requires the extra 'pretrained').",
        ),
        click.option(
            "--teacher-share",
            type=click.FloatRange(0, 1, min_open=True),
            default=0.5,
            show_default=True,
            help="Share of the loss that comes from --teacher; the rest comes from the truth.",
        ),
        click.option(
            "--seed", type=click.IntRange(0), default=0, show_default=True, help="Random seed."
        ),
    ],
    TRAINING,
)


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
    help="Stop after this time; the same command continues from there.",
)
@HELD_OUT_OPTION
@click.option("--rebalance", is_flag=True, help="Weight the loss by class, for comparison.")
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
    help="Learn from a network written by 'train export', too; of several, from their mean.",
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
    help="Continue from the checkpoint in --out if there is one, or overwrite it.",
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Device to train on; auto uses CUDA if available.",
)
@click.option("--threads", type=click.IntRange(1), help="CPU threads; all by default.")
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
            "--pretrained and --from-weights are mutually exclusive; give one of them"
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
