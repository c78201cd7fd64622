"""The treatment of each fault: what becomes of the pixels, the mix, and the color to keep."""

from __future__ import annotations

from dataclasses import dataclass

from colorize_lab.recolor.balance import Balance, Floats, apply_balance, fit_balance
from colorize_lab.recolor.decolor import PolynomialMix
from colorize_lab.recolor.diagnosis import Diagnosis
from colorize_lab.recolor.examine import Witness, expect_colors
from colorize_lab.recolor.fading import Fading, estimate_fading, undo_fading
from colorize_lab.recolor.mix import PRESETS, ChannelMix
from colorize_lab.recolor.neutral import NeutralLight
from colorize_lab.recolor.stage_mix import EvenMix, choose_even_mix
from colorize_lab.recolor.surviving import estimate_keep
from colorize_lab.recolor.thumbnail import cut_picture, shrink_photo
from colorize_lab.recolor.verdict import Kind

__all__ = ["Mix", "Treatment", "treat_color"]

Mix = ChannelMix | PolynomialMix | EvenMix

_SIDE = 256


@dataclass(frozen=True, eq=False)
class Treatment:
    """What is done about a fault.

    Attributes
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1, with the fading or the cast undone.
    mix : ChannelMix, PolynomialMix or EvenMix
        The black-and-white that suits it.
    keep : float
        How much of the color in ``rgb`` deserves to stay, 0..1.
    balance : Balance or None
        The white balance that was applied.
    fading : Fading or None
        The fading that was undone.
    neutral : NeutralLight or None
        The guide for smoke and lamps.
    """

    rgb: Floats
    mix: Mix
    keep: float
    balance: Balance | None = None
    fading: Fading | None = None
    neutral: NeutralLight | None = None


def treat_color(rgb: Floats, kind: Kind, diagnosis: Diagnosis, witness: Witness) -> Treatment:
    """Undo what can be undone of a fault.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1; is not changed.
    kind : {"toned", "faded", "cast", "stage-light"}
        The fault.
    diagnosis : Diagnosis
        Of the photo; its white balance is used for a cast.
    witness : callable
        Asked again for the colors of what was unfaded.
    """
    if kind == "faded":
        return _undo_dye_loss(rgb, witness)
    if kind == "cast" and diagnosis.examination is not None:
        balance = diagnosis.examination.fit.balance
        return Treatment(apply_balance(rgb, balance), PRESETS["luminosity"], 1.0, balance)
    if kind == "stage-light":
        mix = choose_even_mix(cut_picture(rgb))
        return Treatment(rgb, mix, 0.0, neutral=NeutralLight())
    return Treatment(rgb, PRESETS["luminosity"], 0.0)


def _undo_dye_loss(rgb: Floats, witness: Witness) -> Treatment:
    """Bring the ends of each channel to black and white, then the middle to what is expected."""
    picture = cut_picture(rgb)
    fading = estimate_fading(picture)
    small = undo_fading(shrink_photo(picture, _SIDE), fading)
    balance = fit_balance(expect_colors(small, witness)).balance
    undone = apply_balance(undo_fading(rgb, fading), balance)
    return Treatment(undone, PRESETS["luminosity"], estimate_keep(picture, fading), balance, fading)
