"""Recoloring: undo what fading can be undone, mix a black-and-white, keep what color is left."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from colorize_lab.errors import RecipeError
from colorize_lab.photo import Photo, replace_pixels
from colorize_lab.recolor.auto_mix import choose_mix
from colorize_lab.recolor.decolor import PolynomialMix, choose_decolor
from colorize_lab.recolor.fading import Fading, Floats, estimate_fading, undo_fading
from colorize_lab.recolor.mix import ChannelMix
from colorize_lab.recolor.surviving import SurvivingColor, estimate_keep, measure_trust

__all__ = ["Prepared", "Recoloring", "find_need", "mix_photo", "prepare_recoloring"]

logger = logging.getLogger(__name__)

Mix = ChannelMix | PolynomialMix


@dataclass(frozen=True)
class Recoloring:
    """Settings of a recoloring.

    Attributes
    ----------
    mix : ChannelMix or {"auto", "decolor"}
        The black-and-white; auto keeps most usable detail.
    keep_color : float or None
        0 colors anew, 1 restores the old color; None goes by how much of it is left.
    force : bool
        Recolor photos that need none of it, too.

    Raises
    ------
    RecipeError
        For ``keep_color`` outside 0..1.
    """

    mix: ChannelMix | Literal["auto", "decolor"] = "auto"
    keep_color: float | None = None
    force: bool = False

    def __post_init__(self) -> None:
        if self.keep_color is not None and not 0 <= self.keep_color <= 1:
            raise RecipeError(
                f"keep-color is {self.keep_color:g}; it must be between 0 and 1, or auto"
            )


@dataclass(frozen=True, eq=False)
class Prepared:
    """Photo to color, with its surviving color.

    Attributes
    ----------
    photo : Photo
        The black-and-white mix.
    mix : ChannelMix or PolynomialMix
        What it was made with.
    surviving : SurvivingColor
        The color that is left, as a guide.
    """

    photo: Photo
    mix: Mix
    surviving: SurvivingColor


def prepare_recoloring(photo: Photo, recoloring: Recoloring = Recoloring()) -> Prepared | None:
    """Turn a photo whose color has faded, or was never recorded, into one to color.

    Parameters
    ----------
    photo : Photo
        A color photo.
    recoloring : Recoloring
        The mix, and how much of the old color to keep.

    Returns
    -------
    Prepared or None
        None if the photo needs nothing, which is then logged as a warning.
    """
    fading = estimate_fading(photo.rgb)
    need = find_need(photo, fading)
    if need is None and not recoloring.force:
        reason = "has no color; colorize-lab colors it" if photo.is_gray else "is fine"
        logger.warning("the photo %s; use --force to recolor it anyway", reason)
        return None
    # Where nothing is wrong, stretching the levels of what may be mist would do harm.
    undone = undo_fading(photo.rgb, fading) if need else photo.rgb
    keep = recoloring.keep_color
    if keep is None:
        keep = 0.0 if photo.is_gray else estimate_keep(photo.rgb, fading)
    mix = _choose_mix(undone, recoloring)
    logger.info("%s, %s, color kept: %.2f, mix %s", need or "forced", fading, keep, mix)
    surviving = SurvivingColor.from_rgb(undone, measure_trust(photo.rgb), keep)
    return Prepared(mix_photo(photo, undone, mix), mix, surviving)


def find_need(photo: Photo, fading: Fading) -> str | None:
    """Say what is wrong with a photo's color, in a word or two; None where nothing is."""
    if photo.is_gray:
        return None
    if fading.narrowness > 0:
        return "light of few wavelengths"
    if fading.is_faded:
        return "faded"
    return "color cast" if fading.has_cast else None


def mix_photo(photo: Photo, rgb: Floats, mix: Mix) -> Photo:
    """Make a black-and-white photo, with the alpha and metadata of another.

    Parameters
    ----------
    photo : Photo
        Where everything but the pixels comes from.
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    mix : ChannelMix or PolynomialMix
        How much of each channel.
    """
    gray = np.broadcast_to(mix.apply(rgb)[..., np.newaxis], rgb.shape)
    return replace(replace_pixels(photo, gray), is_gray=True)


def _choose_mix(rgb: Floats, recoloring: Recoloring) -> Mix:
    if recoloring.mix == "auto":
        return choose_mix(rgb)
    return choose_decolor(rgb) if recoloring.mix == "decolor" else recoloring.mix
