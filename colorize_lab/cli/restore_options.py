"""Options of the stages of a restoration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.options import OptionGroup, file_path

if TYPE_CHECKING:
    from colorize_lab.restore import Stage

__all__ = ["RESTORE_OPTIONS", "STAGE_OPTIONS"]


def build_restoration(restore: str, keep_grain: bool) -> tuple[Stage, ...]:
    """Choose the stages by name, for the main job."""
    if restore == "none" and not keep_grain:
        return ()  # without waiting for the imports below
    from colorize_lab.restore import Denoise, choose_stages

    return choose_stages(restore, [Denoise(keep_grain=True)] if keep_grain else [])


def build_stages(
    stages: str,
    denoise: float | None,
    keep_grain: bool,
    blur_size: float | None,
    blur_kind: str | None,
    blur_angle: float,
    jpeg_quality: int | None,
    scratch_sensitivity: float | None,
    scratch_mask: Path | None,
    black_point: float | None,
    white_point: float | None,
    gamma: float | None,
    local_contrast: float | None,
    contrast_target: float | None,
    neutral: bool,
) -> tuple[Stage, ...]:
    """Choose the stages, those with a setting of their own among them."""
    from colorize_lab.restore import (
        Contrast,
        Deblock,
        Deblur,
        Denoise,
        Scratches,
        Tone,
        choose_stages,
        read_mask,
    )

    mask = None if scratch_mask is None else read_mask(scratch_mask)
    settings: tuple[tuple[Stage, Stage], ...] = (
        (Tone(neutral), Tone()),
        (Deblock(jpeg_quality), Deblock()),
        (Denoise(denoise, keep_grain), Denoise()),
        (Deblur(blur_size, blur_kind, blur_angle), Deblur()),
        (Contrast(black_point, white_point, gamma, local_contrast, contrast_target), Contrast()),
    )
    given = [stage for stage, automatic in settings if stage != automatic]
    if mask is not None or scratch_sensitivity is not None:
        given.append(Scratches(scratch_sensitivity, mask))
    return choose_stages(stages, given)


RESTORE_OPTIONS = OptionGroup(
    "stages",
    build_restoration,
    [
        click.option(
            "--restore",
            default="none",
            show_default=True,
            metavar="auto|none|STAGE,...",
            help="Restore first: tone, deblock, scratches, denoise, deblur, contrast; auto is all "
            "but scratches.",
        ),
        click.option(
            "--keep-grain",
            is_flag=True,
            help="Denoise for the network only; the photo keeps its grain.",
        ),
    ],
)

STAGE_OPTIONS = OptionGroup(
    "stages",
    build_stages,
    [
        click.option(
            "--stages",
            default="auto",
            show_default=True,
            metavar="auto|none|STAGE,...",
            help="Of tone, deblock, scratches, denoise, deblur, contrast; auto is all but "
            "scratches; an option of a stage below adds it.",
        ),
        click.option(
            "--denoise", type=float, metavar="SIGMA", help="The noise's sigma in L*, 0..50."
        ),
        click.option("--keep-grain", is_flag=True, help="Take noise out of the color only."),
        click.option(
            "--blur-size",
            type=float,
            metavar="PX",
            help="Undo a blur of this size: a Gaussian's sigma, a disk's radius, a motion's "
            "length.",
        ),
        click.option(
            "--blur-kind",
            type=click.Choice(["gaussian", "defocus", "motion"]),
            help="Of the blur; motion needs a size.",
        ),
        click.option(
            "--blur-angle",
            type=float,
            default=0.0,
            metavar="DEGREES",
            help="Of a motion, clockwise from the horizontal.",
        ),
        click.option(
            "--jpeg-quality", type=int, metavar="Q", help="The photo was compressed with, 1..100."
        ),
        click.option(
            "--scratch-sensitivity",
            type=float,
            metavar="X",
            help="0.2..5; above 1 finds fainter scratches.",
        ),
        click.option(
            "--scratch-mask",
            type=file_path,
            metavar="FILE",
            help="Fill what is white in this picture, instead of what is found.",
        ),
        click.option(
            "--black-point", type=float, metavar="L", help="The L* that becomes black, 0..99."
        ),
        click.option(
            "--white-point", type=float, metavar="L", help="The L* that becomes white, 1..100."
        ),
        click.option(
            "--gamma", type=float, metavar="G", help="L* to the power 1 / G: above 1 is brighter."
        ),
        click.option(
            "--local-contrast",
            type=float,
            metavar="X",
            help="CLAHE; local tone curves become at most X times steeper, 1..40.",
        ),
        click.option(
            "--contrast-target",
            type=float,
            metavar="C",
            help="The standard deviation of L*/100 to reach, such as 0.18.",
        ),
        click.option("--neutral", is_flag=True, help="Make any photo gray, not only toned ones."),
    ],
)
