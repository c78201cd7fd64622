"""Options of the restoration stages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.help import RESTORATION
from colorize_lab.cli.options import OptionGroup, file_path

if TYPE_CHECKING:
    from colorize_lab.restore import Stage

__all__ = ["RESTORE_OPTIONS", "STAGE_OPTIONS"]


def build_restoration(
    restore: str, keep_grain: bool, scratch_mask: Path | None
) -> tuple[Stage, ...]:
    """Choose the stages by name, for coloring."""
    if restore == "none" and not keep_grain and scratch_mask is None:
        return ()  # without waiting for the imports below
    from colorize_lab.restore import Denoise, Scratches, choose_stages, read_mask

    given: list[Stage] = [Denoise(keep_grain=True)] if keep_grain else []
    if scratch_mask is not None:
        given.append(Scratches(mask=read_mask(scratch_mask)))
    return choose_stages(restore, given)


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
    """Choose the stages, including those that have explicit settings."""
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


SCRATCH_MASK = click.option(
    "--scratch-mask",
    type=file_path,
    metavar="FILE",
    help="Fill the white areas of this image instead of the detected scratches.",
)

RESTORE_OPTIONS = OptionGroup(
    "stages",
    build_restoration,
    [
        click.option(
            "--restore",
            default="none",
            show_default=True,
            metavar="auto|none|STAGE,...",
            help="Restore before coloring: tone, deblock, descreen, scratches, denoise, "
            "deblur, contrast; auto runs every stage the photo needs, except "
            "scratches.",
        ),
        click.option(
            "--keep-grain",
            is_flag=True,
            help="Denoise only the network's input; the photo keeps its grain.",
        ),
        SCRATCH_MASK,
    ],
    RESTORATION,
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
            help="Stages to run: tone, deblock, descreen, scratches, denoise, deblur, contrast; "
            "auto runs all but scratches; an option of a stage below adds that stage.",
        ),
        click.option(
            "--denoise",
            type=float,
            metavar="SIGMA",
            help="Standard deviation of the noise in L*, 0-50; measured by default.",
        ),
        click.option("--keep-grain", is_flag=True, help="Remove noise from the color only."),
        click.option(
            "--blur-size",
            type=float,
            metavar="PX",
            help="Size of the blur to undo: sigma of a Gaussian, radius of a disk, or length of a "
            "motion; measured by default.",
        ),
        click.option(
            "--blur-kind",
            type=click.Choice(["gaussian", "defocus", "motion"]),
            help="Kind of blur to undo; motion also requires --blur-size.",
        ),
        click.option(
            "--blur-angle",
            type=float,
            default=0.0,
            show_default=True,
            metavar="DEGREES",
            help="Direction of a motion blur, clockwise from horizontal.",
        ),
        click.option(
            "--jpeg-quality",
            type=int,
            metavar="Q",
            help="JPEG quality the photo was saved at, 1-100; measured by default.",
        ),
        click.option(
            "--scratch-sensitivity",
            type=float,
            metavar="X",
            help="Sensitivity of scratch detection, 0.2-5; above 1 finds fainter scratches.",
        ),
        SCRATCH_MASK,
        click.option("--black-point", type=float, metavar="L", help="L* that becomes black, 0-99."),
        click.option(
            "--white-point", type=float, metavar="L", help="L* that becomes white, 1-100."
        ),
        click.option(
            "--gamma",
            type=float,
            metavar="G",
            help="Raise L* to the power 1 / G; above 1 brightens.",
        ),
        click.option(
            "--local-contrast",
            type=float,
            metavar="X",
            help="Equalize locally (CLAHE), steepening tone curves at most X times, 1-40.",
        ),
        click.option(
            "--contrast-target",
            type=float,
            metavar="C",
            help="Target standard deviation of L*/100, such as 0.18.",
        ),
        click.option(
            "--neutral", is_flag=True, help="Remove the color of any photo, not only of toned ones."
        ),
    ],
    RESTORATION,
)
