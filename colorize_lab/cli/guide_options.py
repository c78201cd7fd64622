"""Options that guide the colors: hints, references, palettes, and adjustments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.help import GUIDANCE, LOOK
from colorize_lab.cli.options import OptionGroup, echo_warnings, file_path

if TYPE_CHECKING:
    from colorize_lab.guide import Adjustment, FeatureGuide, Guide
    from colorize_lab.hints.mask import ColorMask
    from colorize_lab.hints.pins import PinSource

__all__ = [
    "ADJUST_OPTIONS",
    "HINT_OPTIONS",
    "MASK_OPTIONS",
    "RECOLOR_MASK_OPTIONS",
    "REFERENCE_OPTIONS",
]


FULL_STRENGTH = 1.0


def build_hints(hint: Sequence[str], hints_file: Path | None) -> tuple[PinSource, ...]:
    """Combine the hints of the command line and of a file."""
    if not hint and hints_file is None:
        return ()
    from colorize_lab.hints.files import read_hints
    from colorize_lab.hints.hint import parse_hint

    from_file = () if hints_file is None else read_hints(hints_file)
    return (*map(parse_hint, hint), *from_file)


def build_mask(mask_file: Path | None, invert_mask: bool) -> ColorMask | None:
    """Read the mask."""
    if mask_file is None:
        if invert_mask:
            raise click.UsageError("--invert-mask requires --mask")
        return None
    from colorize_lab.hints.mask import read_color_mask

    return read_color_mask(mask_file, inverted=invert_mask)


def build_guides(
    references: Sequence[Path],
    palette: str | None,
    reference_strength: float,
    likes: Sequence[Path],
) -> tuple[Guide | FeatureGuide, ...]:
    """Read the exemplars, and the references or the palette."""
    return (*build_references(references, palette, reference_strength), *build_exemplars(likes))


def build_exemplars(likes: Sequence[Path]) -> tuple[FeatureGuide, ...]:
    """Read the exemplars; they come last, so that they speak for what they know."""
    if not likes:
        return ()
    from colorize_lab.guide.exemplar import read_exemplar
    from colorize_lab.reporting import collect_warnings

    with collect_warnings() as warnings:
        exemplar = read_exemplar(likes)
    if not click.get_current_context().params["quiet"]:
        echo_warnings(warnings)
    return (exemplar,)


def build_references(
    references: Sequence[Path], palette: str | None, reference_strength: float
) -> tuple[Guide, ...]:
    """Read the references, or the palette."""
    if references and palette is not None:
        raise click.UsageError("--reference and --palette are mutually exclusive; pass one of them")
    if references:
        from colorize_lab.guide.reference import read_reference

        return (read_reference(references, reference_strength),)
    if palette is not None:
        from colorize_lab.guide.palette import parse_palette

        return (parse_palette(palette, reference_strength),)
    if reference_strength != FULL_STRENGTH:
        raise click.UsageError("--reference-strength requires --reference or --palette")
    return ()


def build_adjustments(
    warmth: float, hue_shifts: Sequence[str], damps: Sequence[str]
) -> tuple[Adjustment, ...]:
    """Parse the adjustments, hues first, because they refer to the decoded colors."""
    if not (warmth or hue_shifts or damps):
        return ()
    from colorize_lab.guide.adjust import Warmth, parse_damp, parse_hue_shift

    hues: tuple[Adjustment, ...] = (*map(parse_damp, damps), *map(parse_hue_shift, hue_shifts))
    return (*hues, Warmth(warmth)) if warmth else hues


HINT_OPTIONS = OptionGroup(
    "hints",
    build_hints,
    [
        click.option(
            "--hint",
            multiple=True,
            metavar="X,Y=COLOR[,RADIUS[,REACH]]",
            help="Color of a point, in pixels or percent (30%,40%=navy); REACH bounds its spread "
            "(30%,40%=navy,3,5%); repeatable.",
        ),
        click.option(
            "--hints",
            "hints_file",
            type=file_path,
            metavar="FILE",
            help="Hints from a JSON file, or from a transparent PNG painted over the photo.",
        ),
    ],
    GUIDANCE,
)


def make_mask_options(verb: str, kept: str) -> OptionGroup:
    """Make the options of a mask for a command that colors, or one that recolors."""
    return OptionGroup(
        "mask",
        build_mask,
        [
            click.option(
                "--mask",
                "mask_file",
                type=file_path,
                metavar="FILE",
                help=f"{verb.capitalize()} only the white areas of this image, which has the "
                f"photo's size; black and transparent areas {kept}.",
            ),
            click.option(
                "--invert-mask",
                is_flag=True,
                help=f"The white areas of the mask {kept}; {verb} the rest.",
            ),
        ],
        GUIDANCE,
    )


MASK_OPTIONS = make_mask_options("color", "stay gray")
RECOLOR_MASK_OPTIONS = make_mask_options("recolor", "stay as they are")

REFERENCE_OPTIONS = OptionGroup(
    "guides",
    build_guides,
    [
        click.option(
            "--reference",
            "references",
            type=file_path,
            multiple=True,
            metavar="PHOTO",
            help="Use the colors of another photo; repeatable.",
        ),
        click.option(
            "--palette",
            metavar="#RRGGBB,...",
            help="Use mainly these colors and their paler shades.",
        ),
        click.option(
            "--reference-strength",
            type=float,
            default=FULL_STRENGTH,
            show_default=True,
            metavar="S",
            help="Strength of the references or the palette, 0-1.",
        ),
        click.option(
            "--like",
            "likes",
            type=file_path,
            multiple=True,
            metavar="COLORED",
            help="Give things the colors that they have in this color photo, or in the "
            "photos of this folder; repeatable.",
        ),
    ],
    GUIDANCE,
)

ADJUST_OPTIONS = OptionGroup(
    "adjustments",
    build_adjustments,
    [
        click.option(
            "--warmth",
            type=float,
            default=0.0,
            show_default=True,
            metavar="X",
            help="Make colors warmer (up to 100) or cooler (down to -100); 100 adds 20 to b* and "
            "3 to a*.",
        ),
        click.option(
            "--hue-shift",
            "hue_shifts",
            multiple=True,
            metavar="FROM:TO=DEGREES",
            help="Rotate a range of hues (red 40, yellow 100, green 140, sky 280, pink 350); "
            "repeatable.",
        ),
        click.option(
            "--damp",
            "damps",
            multiple=True,
            metavar="FROM:TO=FACTOR",
            help="Scale the chroma of a range of hues: 250:310=0.5 halves the blues; repeatable.",
        ),
    ],
    LOOK,
)
