"""Recoloring: undo what can be undone of a fault, and prepare what is to be colored."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from colorize_lab.color import join_lightness_chroma, rgb_to_lab
from colorize_lab.color.strips import run_strips
from colorize_lab.errors import RecipeError
from colorize_lab.guide import Guide
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, replace_pixels
from colorize_lab.ranges import check_range
from colorize_lab.recolor.balance import Floats
from colorize_lab.recolor.decolor import choose_decolor
from colorize_lab.recolor.diagnosis import Diagnosis
from colorize_lab.recolor.examine import Witness
from colorize_lab.recolor.mix import ChannelMix
from colorize_lab.recolor.surviving import SurvivingColor, measure_trust
from colorize_lab.recolor.treat import Mix, Treatment, treat_color
from colorize_lab.recolor.verdict import FAULTS, Kind

__all__ = ["Prepared", "Recoloring", "mix_photo", "prepare_recoloring", "restore_chroma"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recoloring:
    """Settings of a recoloring.

    Attributes
    ----------
    mix : ChannelMix or {"auto", "decolor"}
        The black-and-white; auto is luminosity, or all channels alike under stage light.
    keep_color : float or None
        0 colors from scratch, 1 restores the old color; None goes by how much of it is left.
    force : bool
        Treat the likeliest fault of photos that show none, too.
    treat_as : {"faded", "cast", "stage-light", "toned"} or None
        The fault to treat, whatever is found.
    strict : bool
        Act on nearly certain faults only, as in folders; if not, on likely ones.

    Raises
    ------
    RecipeError
        For ``keep_color`` outside 0..1, or an unknown fault.
    """

    mix: ChannelMix | Literal["auto", "decolor"] = "auto"
    keep_color: float | None = None
    force: bool = False
    treat_as: Kind | None = None
    strict: bool = True

    def __post_init__(self) -> None:
        check_range("keep-color", self.keep_color, 0, 1)
        if self.treat_as is not None and self.treat_as not in FAULTS:
            raise RecipeError(f"{self.treat_as} is not a fault; use one of {', '.join(FAULTS)}")


@dataclass(frozen=True, eq=False)
class Prepared:
    """Photo to color, with its surviving color.

    Attributes
    ----------
    photo : Photo
        The black-and-white mix.
    mix : ChannelMix, PolynomialMix or EvenMix
        What it was made with.
    undone : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1: the photo with its fault undone.
    surviving : SurvivingColor
        The color that is left, as a guide.
    guides : tuple of Guide
        It, and what else is known about the color.
    findings : mapping of str to object
        What was found, how sure that is, what was kept and which mix, as JSON's types.
    """

    photo: Photo
    mix: Mix
    undone: Floats
    surviving: SurvivingColor
    guides: tuple[Guide, ...]
    findings: Mapping[str, Any]


def prepare_recoloring(
    photo: Photo, diagnosis: Diagnosis, witness: Witness, recoloring: Recoloring = Recoloring()
) -> Prepared | None:
    """Turn a photo whose color has faded, has a cast, or was never recorded, into one to color.

    Parameters
    ----------
    photo : Photo
        A color photo.
    diagnosis : Diagnosis
        From `diagnose_color`.
    witness : callable
        Knows the colors of things; see `examine_color`.
    recoloring : Recoloring
        The mix, and how much of the old color to keep.

    Returns
    -------
    Prepared or None
        None if the photo needs nothing, which is then logged as a warning.
    """
    if diagnosis.treated_as is None:
        logger.warning("%s", diagnosis.to_sentence())
        return None
    treatment = treat_color(photo.rgb, diagnosis.treated_as, diagnosis, witness)
    keep = treatment.keep if recoloring.keep_color is None else recoloring.keep_color
    mix = _choose_mix(treatment, recoloring)
    logger.info("%s, color kept: %.2f, mix %s", diagnosis.to_sentence(), keep, mix)
    surviving = SurvivingColor.from_rgb(treatment.rgb, measure_trust(photo.rgb), keep)
    findings = {
        **_describe(diagnosis, treatment),
        "kept": round(keep, 3),
        "mix": dict(mix.describe()),
    }
    mixed = mix_photo(photo, treatment.rgb, mix)
    guides = (surviving,) if treatment.neutral is None else (surviving, treatment.neutral)
    return Prepared(mixed, mix, treatment.rgb, surviving, guides, findings)


def mix_photo(photo: Photo, rgb: Floats, mix: Mix) -> Photo:
    """Make a black-and-white photo, with the alpha and metadata of another.

    Parameters
    ----------
    photo : Photo
        Everything but the pixels comes from it.
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    mix : ChannelMix, PolynomialMix or EvenMix
        How much of each channel.
    """
    gray = np.broadcast_to(mix.apply(rgb)[..., np.newaxis], rgb.shape)
    return replace(replace_pixels(photo, gray), is_gray=True)


def restore_chroma(colored: Floats, undone: Floats, surviving: SurvivingColor) -> Floats:
    """Give surviving color its full resolution, which the coarse grid of the guides lacks.

    Parameters
    ----------
    colored, undone : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1: the guided coloring, whose L* stays, and the photo with its fault undone.
    surviving : SurvivingColor
        Tells how far which place is believed.
    """
    height, width = colored.shape[:2]
    trust = np.asarray(cv2.resize(surviving.trust, (width, height)), np.float32)
    restored = np.empty_like(colored)

    def work(rows: slice) -> None:
        share = np.float32(surviving.keep) * trust[rows, :, np.newaxis]
        lab, kept = rgb_to_lab(colored[rows]), rgb_to_lab(undone[rows])
        ab = lab[..., 1:] + share * (kept[..., 1:] - lab[..., 1:])
        restored[rows] = join_lightness_chroma(np.ascontiguousarray(lab[..., 0]), ab)

    run_strips(work, height, width)
    return restored


def _choose_mix(treatment: Treatment, recoloring: Recoloring) -> Mix:
    if recoloring.mix == "auto":
        return treatment.mix
    return choose_decolor(treatment.rgb) if recoloring.mix == "decolor" else recoloring.mix


def _describe(diagnosis: Diagnosis, treatment: Treatment) -> dict[str, Any]:
    """Describe what was found and undone, as JSON's types."""
    described = dict(diagnosis.describe())
    if treatment.balance is not None:
        described["white_balance"] = treatment.balance.describe()
    if treatment.fading is not None:
        described.update(treatment.fading.describe())
    return described
