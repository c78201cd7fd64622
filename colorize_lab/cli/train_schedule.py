"""The schedule's options of ``colorize-lab train``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.help import TRAINING
from colorize_lab.cli.options import OptionGroup

if TYPE_CHECKING:
    from colorize_lab.training.schedule import Schedule

__all__ = ["SCHEDULE_OPTIONS", "STRIDE_PX", "positive"]

STRIDE_PX = 32
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
            help="Maximum training time in minutes, over all runs of this command; "
            "unlimited by default.",
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
            help="Share of the photos to train with color hints.",
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
            help="Draw photos with rare colors more often: 0 draws all photos equally "
            "often, 1 in proportion to rarity.",
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
            help="Weight of a loss on the decoded color, relative to the cross entropy.",
        ),
        click.option(
            "--feature-loss",
            type=click.FloatRange(0),
            default=0.0,
            show_default=True,
            help="Weight of a loss on EfficientNet-Lite0's features of the decoded "
            "color, relative to the cross entropy (requires the extra 'pretrained').",
        ),
        click.option(
            "--teacher-share",
            type=click.FloatRange(0, 1, min_open=True),
            default=0.5,
            show_default=True,
            help="Share of the loss that comes from --teacher; the rest comes from the "
            "true colors.",
        ),
        click.option(
            "--seed", type=click.IntRange(0), default=0, show_default=True, help="Random seed."
        ),
    ],
    TRAINING,
)
